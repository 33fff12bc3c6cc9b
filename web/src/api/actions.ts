import { useEffect, useState } from 'react';
import { type AnyVariables, type TypedDocumentNode, useMutation } from 'urql';
import type { ErrorCode } from '../graphql.ts';
import { makeWish, withKey } from './wish.ts';
import { unansweredOf } from './words.ts';

const NONE: readonly Problem[] = [];

/** An expected failure, as the API tells it: `path` names the input field at fault. */
export interface Problem {
  code: ErrorCode | 'NO_ANSWER';
  message: string;
  path?: readonly string[] | null | undefined;
}

interface Payload {
  errors: readonly Problem[];
}

/** What becomes of a mutation while it runs and after: nothing is thrown, failures are told. */
export interface Action<Variables> {
  run(variables: Variables): Promise<boolean>;
  isRunning: boolean;
  problems: readonly Problem[];
  forget(): void;
}

/**
 * Run a mutation whose payload has `errors`; `run` resolves to whether it succeeded. What had no answer is sent again with its
 * key, and so made once, until what it is `about` has changed; with that the problems are forgotten, too.
 */
export function useAction<Data extends { [field in keyof Data]: Payload }, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  about?: string,
): Action<Variables> {
  const [{ fetching }, execute] = useMutation(document);
  const [problems, setProblems] = useState(NONE);
  const [wish] = useState(makeWish);
  useEffect(() => {
    wish.isAbout(about);
    setProblems(NONE);
  }, [wish, about]);
  return {
    isRunning: fetching,
    problems,
    forget: () => setProblems(NONE),
    async run(variables) {
      const key = wish.keyFor(variables);
      const { data, error } = await execute(withKey(variables, key));
      const payload = data ? (Object.values(data) as Payload[])[0] : undefined;
      if (payload) wish.answered(key);
      const found = payload?.errors ?? [{ code: 'NO_ANSWER', message: unansweredOf(error) } satisfies Problem];
      setProblems(found);
      return found.length === 0;
    },
  };
}
