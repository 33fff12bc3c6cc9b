// npm's audits of GraphQL over HTTP: print what each came to.
import { serverAudits } from 'graphql-http';

const [address, token] = process.argv.slice(2);
const fetchFn = (url, options) =>
  fetch(url, { ...options, headers: { ...options?.headers, authorization: `Bearer ${token}` } });

const told = {};
for (const { id, name, fn } of serverAudits({ url: `${address}/graphql`, fetchFn })) {
  const { status, reason } = await fn();
  told[`${id} ${name}`] = reason ? `${status}: ${reason}` : status;
}
console.log(JSON.stringify(told));
