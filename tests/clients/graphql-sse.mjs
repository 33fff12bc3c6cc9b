import { createClient } from 'graphql-sse';
import { announced, headers, play, soon, url } from './play.mjs';

const client = createClient({ url, headers, retryAttempts: Infinity, retry: soon, fetchFn: announced });

play({
  ask: async (query, variables) => (await client.iterate({ query, variables }).next()).value,
  watch: (query, variables, sink) => client.subscribe({ query, variables }, sink),
});
