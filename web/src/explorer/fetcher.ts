import { createGraphiQLFetcher, type Fetcher, type FetcherParams } from '@graphiql/toolkit';
import { GraphQLError, Kind, parse } from 'graphql';
import { createClient } from 'graphql-ws';

const FORBIDDEN = 4403;

/** Send requests with the token, and subscriptions over a socket that begins with it, and comes back unless it is refused. */
export function makeFetcher(token: string): Fetcher {
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  const send = createGraphiQLFetcher({
    url: '/graphql',
    headers,
    wsClient: createClient({
      url: `${location.protocol.replace('http', 'ws')}//${location.host}/graphql`,
      connectionParams: headers,
      keepAlive: 10_000,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: (event) => !(event instanceof CloseEvent && event.code === FORBIDDEN),
    }),
  });
  return (params, options) => send({ ...params, operationName: operationOf(params) }, options);
}

/** Where a tab has one operation it is meant: GraphiQL names that of the tab before until it has read the new one. */
function operationOf({ query, operationName }: FetcherParams): string | null {
  const names = namesIn(query);
  return (names.length === 1 ? names[0] : operationName) ?? null;
}

function namesIn(query: string): (string | undefined)[] {
  try {
    const { definitions } = parse(query);
    return definitions.flatMap((each) => (each.kind === Kind.OPERATION_DEFINITION ? [each.name?.value] : []));
  } catch (error) {
    if (error instanceof GraphQLError) return []; // The server says what is wrong with it.
    throw error;
  }
}
