import type { CombinedError } from '@urql/core';

/** Why there is no answer, for who waits for it. */
export function wordsOf(error: CombinedError | undefined): string {
  const told = error?.graphQLErrors[0];
  if (told?.extensions?.code === 'DOCUMENT_NOT_TRUSTED')
    return 'The server has another version of this page: load it again.';
  return told?.message ?? 'The server cannot be reached.';
}
