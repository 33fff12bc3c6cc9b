import { createClient } from 'graphql-ws';
import { play, socketOptions } from './play.mjs';

const client = createClient(socketOptions);

play({
  ask: async (query, variables) => (await client.iterate({ query, variables }).next()).value,
  watch: (query, variables, sink) => client.subscribe({ query, variables }, sink),
});
