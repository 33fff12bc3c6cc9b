// mercurius on fastify, its JIT on, set up as its documentation says, without logging.
import Fastify from "fastify";
import mercurius from "mercurius";
import { announce, publishing, typeDefs, viewerOf, watch } from "./banner.js";

const subscribe = (_root, { appointmentId }, { viewer, pubsub }) =>
  watch(appointmentId, viewer, (client) => pubsub.subscribe(client));
const app = Fastify({ logger: false });
app.register(mercurius, {
  schema: typeDefs,
  resolvers: { Query: { ready: () => true }, Subscription: { appointmentBanner: { subscribe } } },
  jit: 1,
  graphiql: false,
  subscription: {
    onConnect: ({ payload }) => ({ viewer: viewerOf(payload) }),
  },
});
app.post("/publish", { bodyLimit: 4 * 1024 * 1024 }, (request) =>
  publishing(request.body, (client, payload) => app.graphql.pubsub.publish({ topic: client, payload })),
);
await app.listen({ host: "127.0.0.1", port: 0, backlog: 1024 });
announce(app.server.address().port);
