import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import { onEnd, pipe, subscribe } from 'wonka';
import { announced, headers, play, socketOptions, soon, transport, url } from './play.mjs';

const socket = createClient(socketOptions);
const overSocket = subscriptionExchange({
  forwardSubscription: ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
  }),
});

const client = new Client({
  url,
  fetch: announced,
  fetchOptions: { headers },
  fetchSubscriptions: transport === 'sse',
  exchanges: transport === 'sse' ? [fetchExchange] : [overSocket, fetchExchange],
  requestPolicy: 'network-only',
});

// Over fetch the client does not subscribe again by itself; its last result before an end repeats the one before.
function watch(document, variables, sink) {
  let broken = false;
  pipe(
    client.subscription(document, variables),
    onEnd(() => (broken ? soon().then(() => watch(document, variables, sink)) : sink.complete())),
    subscribe(({ data, error, hasNext }) => {
      broken = Boolean(error?.networkError);
      if (error?.graphQLErrors.length) sink.error(error);
      else if (data && hasNext) sink.next({ data });
    }),
  );
}

play({
  ask: (document, variables) =>
    document.startsWith('mutation')
      ? client.mutation(document, variables).toPromise()
      : client.query(document, variables).toPromise(),
  watch,
});
