import { type Client, createClient } from 'graphql-ws';
import { REFUSED } from './resuming.ts';
import type { Standing } from './standing.ts';

const KEEP_ALIVE_MS = 10_000;
const PONG_MS = 5_000;
const LONGEST_WAIT_MS = 5_000;

/**
 * Open one socket for all subscriptions. It comes back for ever after any loss but a refused token: the library's
 * defaults would give up after five attempts. After the codes that the library never retries, the subscriptions do.
 */
export function openSocket(token: string, standing: Standing, onRefused: () => void): Client {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url: `${location.protocol.replace('http', 'ws')}//${location.host}/graphql`,
    connectionParams: { Authorization: `Bearer ${token}` },
    keepAlive: KEEP_ALIVE_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: soon,
    shouldRetry: (event) => !isRefusal(event),
    on: {
      closed: (event) => {
        clearTimeout(waiting);
        standing.closed();
        if (isRefusal(event)) onRefused();
      },
      ping: (received) => {
        // A browser would wait a minute for a dead peer to say goodbye: this gives it up at once.
        if (!received) waiting = setTimeout(() => client.terminate(), PONG_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(waiting);
      },
    },
  });
  return client;
}

function isRefusal(event: unknown): event is CloseEvent {
  return event instanceof CloseEvent && event.code === REFUSED;
}

/** Wait longer each time, up to a few seconds; not at all once the network is back. */
function soon(attempts: number): Promise<void> {
  const wait = Math.min(200 * 2 ** attempts, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
  return new Promise((resolve) => {
    const timer = setTimeout(done, wait);
    addEventListener('online', done);
    function done() {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    }
  });
}
