import type { ExecutionResult, SubscriptionForwarder } from '@urql/core';
import type { Client } from 'graphql-ws';

type Variables = Record<string, unknown>;

/**
 * Run urql's subscriptions over the socket. One that declares `$knownRevision` carries the newest revision it has seen
 * when it begins anew: the socket writes the variables again at each attempt, and reads the getter then.
 */
export function resuming(socket: Client): SubscriptionForwarder {
  return (request) => ({
    subscribe(sink) {
      const query = request.query ?? '';
      let known: unknown = request.variables?.knownRevision ?? null;
      const unsubscribe = socket.subscribe<Variables>(
        {
          query,
          variables: /\$knownRevision\b/.test(query) ? withRevision(request.variables, () => known) : request.variables,
        },
        {
          next: (result) => {
            known = revisionIn(result.data) ?? known;
            sink.next(result as ExecutionResult);
          },
          error: (error) => sink.error(error),
          complete: () => sink.complete(),
        },
      );
      return { unsubscribe };
    },
  });
}

function withRevision(variables: Variables | undefined, known: () => unknown): Variables {
  return {
    ...variables,
    get knownRevision() {
      return known();
    },
  };
}

function revisionIn(data: Variables | null | undefined): number | undefined {
  for (const value of Object.values(data ?? {})) {
    const revision = (value as { revision?: unknown } | null)?.revision;
    if (typeof revision === 'number') return revision;
  }
  return undefined;
}
