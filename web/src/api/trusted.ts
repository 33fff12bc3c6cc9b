import { persistedExchange } from '@urql/exchange-persisted';
import type { DocumentNode } from 'graphql';

/** A document as scripts/types.mjs makes it. */
type Made = DocumentNode & { __meta__?: { hash: string } };

/**
 * Ask by the hash that a document carries. A server that knows none such was built from other sources: it is sent the
 * text, and answers that unless it answers trusted documents only.
 */
export const byHash = () =>
  persistedExchange({
    enableForMutation: true,
    enableForSubscriptions: true,
    preferGetForPersistedQueries: false,
    generateHash: async (_text, document) => hashOf(document),
  });

/** What the library computes where it is given none, it does by `crypto.subtle`, which is there on https and localhost only. */
export function hashOf(document: DocumentNode): string {
  return (document as Made).__meta__?.hash ?? '';
}
