import type { ExecutionResult, SubscriptionForwarder } from '@urql/core';
import type { DocumentNode } from 'graphql';
import type { Client } from 'graphql-ws';
import { isForGood } from './refusals.ts';
import type { Standing } from './standing.ts';

type Variables = Record<string, unknown>;

const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5_000;

/** The code with which a socket is closed whose token is refused. */
export const REFUSED = 4403;

/**
 * Run urql's subscriptions over the socket, each until it is refused for good. One that ends otherwise begins again: at
 * once when it was completed, which tells what became of the thing that was watched; after a while when it failed. One
 * that declares `$knownRevision` carries the newest revision it has seen when the socket comes back: the socket writes
 * the variables again at each attempt, and reads the getter then.
 */
export function resuming(socket: Client, standing: Standing): SubscriptionForwarder {
  return ({ query = '', variables, extensions }, operation) => ({
    subscribe(sink) {
      const subscription = {};
      const carries = declares(operation.query, 'knownRevision');
      let known: unknown = variables?.knownRevision ?? null;
      let isOver = false;
      let stop = () => {};
      let waiting: ReturnType<typeof setTimeout> | undefined;

      function begin(isFirst: boolean): void {
        let hasBegun = isFirst;
        stop = socket.subscribe<Variables>(
          { query, extensions, variables: carries ? withRevision(variables, () => known) : variables },
          {
            next: (result) => {
              hasBegun = true;
              known = revisionIn(result.data) ?? known;
              standing.arrived(subscription);
              sink.next(result as ExecutionResult);
            },
            error: (error) => {
              if (isOver) return;
              if (isFinal(error)) end(() => sink.error(error));
              else again();
            },
            complete: () => {
              if (isOver) return;
              known = null;
              if (hasBegun) begin(false);
              else again();
            },
          },
        );
      }

      /** Begin again after a while. The first state is wanted then, known or not: it tells that all is well. */
      function again(): void {
        known = null;
        standing.failing(subscription);
        waiting = setTimeout(
          () => begin(false),
          SHORTEST_WAIT_MS + Math.random() * (LONGEST_WAIT_MS - SHORTEST_WAIT_MS),
        );
      }

      function end(tell: () => void): void {
        isOver = true;
        clearTimeout(waiting);
        standing.over(subscription);
        tell();
      }

      begin(true);
      return { unsubscribe: () => end(() => stop()) };
    },
  });
}

/** Tell whether an error is final: what the server says of the operation, or a close that refuses the token. */
function isFinal(error: unknown): boolean {
  if (Array.isArray(error)) return isForGood(error);
  return (error as { code?: unknown } | null)?.code === REFUSED;
}

/** Tell it by the document: where it is asked for by its hash there is no text. */
function declares({ definitions }: DocumentNode, variable: string): boolean {
  const declared = definitions.flatMap((each) => ('variableDefinitions' in each && each.variableDefinitions) || []);
  return declared.some((each) => each.variable.name.value === variable);
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
