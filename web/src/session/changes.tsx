import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { type AnyVariables, type CombinedError, type TypedDocumentNode, useQuery, useSubscription } from 'urql';
import { ChangesDocument } from '../graphql.ts';

const context = createContext(0);

/** Counts the changes in the practice: the board is watched for its revision alone, at most one event a second. */
export function ChangesProvider({ children }: { children: ReactNode }) {
  const [count, setCount] = useState(0);
  const [{ data }] = useSubscription({ query: ChangesDocument });
  useEffect(() => {
    if (data) setCount((before) => before + 1);
  }, [data]);
  return <context.Provider value={count}>{children}</context.Provider>;
}

export interface Asked<Data> {
  data: Data | undefined;
  error: CombinedError | undefined;
  again(): void;
}

/**
 * Ask once, and again at each change in the practice; for what has no subscription of its own. What was answered stays
 * when asking again fails.
 */
export function useFresh<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Asked<Data> {
  const changes = useContext(context);
  const [{ data, error }, ask] = useQuery({ query, variables });
  const [kept, setKept] = useState(data);
  const again = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask]);
  const seen = useRef(changes);
  useEffect(() => {
    if (seen.current === changes) return;
    seen.current = changes;
    again();
  }, [changes, again]);
  if (data && data !== kept) setKept(data);
  return { data: data ?? (error ? kept : undefined), error, again };
}
