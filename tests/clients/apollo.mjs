import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { RetryLink } from '@apollo/client/link/retry';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import { announced, headers, play, socketOptions, transport, url } from './play.mjs';

// The client copies variables, which turns a getter into its value; this link hands the operation the original.
const resuming = new ApolloLink((operation, forward) => {
  operation.variables = operation.getContext().resumable ?? operation.variables;
  return forward(operation);
});
const retrying = new RetryLink({ attempts: { max: Infinity }, delay: { initial: 50, max: 50, jitter: false } });
const links = {
  ws: () => [resuming, new GraphQLWsLink(createClient(socketOptions))],
  multipart: () => [resuming, retrying, new HttpLink({ uri: url, headers, fetch: announced })],
};

const client = new ApolloClient({ link: ApolloLink.from(links[transport]()), cache: new InMemoryCache() });

play({
  ask: (document, variables) =>
    document.startsWith('mutation')
      ? client.mutate({ mutation: gql(document), variables })
      : client.query({ query: gql(document), variables, fetchPolicy: 'network-only' }),
  watch: (document, variables, sink) =>
    client
      .subscribe({ query: gql(document), variables, fetchPolicy: 'no-cache', context: { resumable: variables } })
      .subscribe({ ...sink, next: ({ data, error }) => (error ? sink.error(error) : sink.next({ data })) }),
});
