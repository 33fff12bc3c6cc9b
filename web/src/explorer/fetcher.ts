import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { createClient } from 'graphql-ws';

/** Send requests with the token, and subscriptions over a socket that begins with it. */
export function makeFetcher(token: string): Fetcher {
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  return createGraphiQLFetcher({
    url: '/graphql',
    headers,
    wsClient: createClient({
      url: `${location.protocol.replace('http', 'ws')}//${location.host}/graphql`,
      connectionParams: headers,
      keepAlive: 10_000,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
    }),
  });
}
