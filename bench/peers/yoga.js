// graphql-yoga with graphql-ws over ws, set up as their documentation says, without logging and landing page.
import { setMaxListeners } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { useServer } from "graphql-ws/use/ws";
import { createPubSub, createSchema, createYoga } from "graphql-yoga";
import { WebSocketServer } from "ws";
import { announce, publishing, typeDefs, viewerOf, watch } from "./banner.js";

setMaxListeners(0); // Any number of dialogs watch one client.
const pubSub = createPubSub();
const subscribe = (_root, { appointmentId }, { viewer }) =>
  watch(appointmentId, viewer, (client) => pubSub.subscribe("client", client));
const schema = createSchema({
  typeDefs,
  resolvers: { Query: { ready: () => true }, Subscription: { appointmentBanner: { subscribe } } },
});
const yoga = createYoga({ schema, logging: false, landingPage: false, graphiql: false, maskedErrors: false });

const server = createServer(async (request, response) => {
  if (request.url !== "/publish") return yoga(request, response);
  response.end(await publishing(await json(request), (client, event) => pubSub.publish("client", client, event)));
});
const sockets = new WebSocketServer({ server, path: "/graphql", perMessageDeflate: false });
useServer(
  {
    execute: (args) => args.rootValue.execute(args),
    subscribe: (args) => args.rootValue.subscribe(args),
    onConnect: (context) => {
      context.extra.viewer = viewerOf(context.connectionParams);
    },
    onSubscribe: async (context, _id, params) => {
      const { schema, execute, subscribe, contextFactory, parse, validate } = yoga.getEnveloped({
        ...context,
        req: context.extra.request,
        socket: context.extra.socket,
        viewer: context.extra.viewer,
        params,
      });
      const args = {
        schema,
        operationName: params.operationName,
        document: parse(params.query),
        variableValues: params.variables,
        contextValue: await contextFactory(),
        rootValue: { execute, subscribe },
      };
      const errors = validate(args.schema, args.document);
      return errors.length ? errors : args;
    },
  },
  sockets,
);
server.listen(0, "127.0.0.1", 1024, () => announce(server.address().port));
