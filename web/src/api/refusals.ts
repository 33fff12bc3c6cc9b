import type { ErrorCode } from '../graphql.ts';

type OfDocuments =
  | 'BAD_USER_INPUT'
  | 'DOCUMENT_NOT_TRUSTED'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'PERSISTED_QUERY_NOT_FOUND';

/** Errors that would only come again: who is refused, or asks for what is not there, is told so. */
const FOR_GOOD: ReadonlySet<unknown> = new Set<ErrorCode | OfDocuments>([
  'BAD_USER_INPUT',
  'DOCUMENT_NOT_TRUSTED',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'INVALID',
  'INVALID_CURSOR',
  'INVALID_ID',
  'INVALID_PAGE_SIZE',
  'NOT_FOUND',
  'PERSISTED_QUERY_NOT_FOUND',
  'UNAUTHENTICATED',
]);

interface Told {
  extensions?: { code?: unknown } | undefined;
}

/** Tell whether asking again is of no use. */
export function isForGood(errors: readonly Told[]): boolean {
  return errors.some(({ extensions }) => FOR_GOOD.has(extensions?.code));
}
