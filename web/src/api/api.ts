import { Client, type CombinedError, fetchExchange, mapExchange, subscriptionExchange } from '@urql/core';
import { cache } from './cache.ts';
import { connection } from './connection.ts';
import { resuming } from './resuming.ts';
import { openSocket } from './socket.ts';
import { standingIn } from './standing.ts';
import { byHash } from './trusted.ts';

/** What speaks to the API with one token. */
export interface Api {
  client: Client;
  close(): void;
}

export function openApi(token: string, onRefused: () => void): Api {
  const standing = standingIn(connection);
  const socket = openSocket(token, standing, onRefused);
  const client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetchOptions: { headers: { Authorization: `Bearer ${token}` } },
    requestPolicy: 'cache-and-network',
    exchanges: [
      mapExchange({ onError: (error) => refused(error, onRefused) }),
      cache(),
      byHash(),
      fetchExchange,
      subscriptionExchange({ forwardSubscription: resuming(socket, standing) }),
    ],
  });
  return { client, close: () => void Promise.resolve(socket.dispose()).catch(wasClosed) };
}

function refused(error: CombinedError, onRefused: () => void): void {
  if (error.graphQLErrors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')) onRefused();
}

/** A socket that never opened cannot be closed in order; it is gone all the same. */
function wasClosed(): void {}
