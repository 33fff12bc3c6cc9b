import type { CombinedError } from '@urql/core';
import { isForGood } from './refusals.ts';

const SAFE = 'Try again: it is done once, also if it was done already.';

/** Why there is no answer, for who waits for it. */
export function wordsOf(error: CombinedError | undefined): string {
  const told = error?.graphQLErrors[0];
  if (told?.extensions?.code === 'DOCUMENT_NOT_TRUSTED')
    return 'The server has another version of this page: load it again.';
  return told?.message ?? 'The server cannot be reached.';
}

/** Why a change had no answer, for who may send it again with its key. */
export function unansweredOf(error: CombinedError | undefined): string {
  if (!error?.graphQLErrors.length) return `The server could not be reached. ${SAFE}`;
  return isForGood(error.graphQLErrors) ? wordsOf(error) : `${wordsOf(error)} ${SAFE}`;
}
