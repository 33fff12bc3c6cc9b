// What the clients have in common: do what each line of standard input says, and print a line for all that happens.
import { createInterface } from 'node:readline';

const [address, token, over] = process.argv.slice(2);
const RETRY_MS = 50;

export const transport = over;
export const url = `${address}/graphql`;
export const headers = { Authorization: `Bearer ${token}` };
export const soon = () => new Promise((resolve) => setTimeout(resolve, RETRY_MS));

// What every user of graphql-ws should set: its defaults give up after five attempts.
export const socketOptions = {
  url: url.replace('http', 'ws'),
  connectionParams: headers,
  keepAlive: 10_000,
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: soon,
  on: { connected: () => say({ name: 'opened' }) },
};

// Apollo and urql ask for __typename on their own.
function say(what) {
  console.log(JSON.stringify(what, (key, value) => (key === '__typename' ? undefined : value)));
}

// A fetch that tells of each stream.
export async function announced(...request) {
  const response = await fetch(...request);
  if (/event-stream|multipart/.test(response.headers.get('content-type'))) say({ name: 'opened' });
  return response;
}

// `ask` resolves to an answer; `watch` serialises its variables anew for each attempt, and calls next, error, complete.
export async function play({ ask, watch }) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { name, document, variables } = JSON.parse(line);
    if (name) follow(name, document, variables, watch);
    else answer(ask(document, variables));
  }
  process.exit();
}

async function answer(asked) {
  try {
    const { data, errors, error } = await asked;
    say({ name: 'answer', data, errors, error: error && String(error) });
  } catch (error) {
    say({ name: 'answer', error: String(error) });
  }
}

function follow(name, document, variables, watch) {
  let revision = null;
  const resumable = { ...variables, get knownRevision() { return revision; } };
  watch(document, resumable, {
    next({ data, errors }) {
      revision = data?.appointmentBanner.revision ?? revision;
      say({ name, banner: data?.appointmentBanner, errors });
    },
    error: (error) => say({ name, error: String(error) }),
    complete: () => say({ name, complete: true }),
  });
}
