import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type AnyVariables, Client, type ExecutionResult, fetchExchange, subscriptionExchange } from '@urql/core';
import { type DocumentNode, Kind } from 'graphql';
import * as made from '../graphql.ts';
import { cache } from './cache.ts';
import { byHash } from './trusted.ts';

interface Sent {
  query?: string | undefined;
  extensions?: { persistedQuery?: { sha256Hash: string } | undefined } | undefined;
}

const TRUSTED: Record<string, string> = JSON.parse(
  readFileSync(new URL('../../made/persisted-documents.json', import.meta.url), 'utf8'),
);
const DOCUMENTS = Object.values(made as unknown as Record<string, DocumentNode>).filter(
  ({ definitions }) => definitions[0]?.kind === Kind.OPERATION_DEFINITION,
);
const UNKNOWN: ExecutionResult = {
  errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
};
const NOTHING: ExecutionResult = { errors: [{ message: 'nothing' }] };

/** Run a document on a client as the page's; return what it sends and what it is told, when this is answered in turn. */
async function run(document: DocumentNode, ...answers: ExecutionResult[]) {
  const sent: Sent[] = [];
  const take = (asked: Sent) => {
    sent.push(JSON.parse(JSON.stringify(asked)));
    return answers[sent.length - 1] ?? NOTHING;
  };
  const client = new Client({
    url: 'http://here/graphql',
    preferGetMethod: false,
    fetch: async (_url, init) => Response.json(take(JSON.parse(String(init?.body)))),
    exchanges: [
      cache(),
      byHash(),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (asked) => ({
          subscribe(sink) {
            sink.error(take(asked as Sent).errors);
            return { unsubscribe() {} };
          },
        }),
      }),
    ],
  });
  const [operation] = document.definitions;
  const kind = operation?.kind === Kind.OPERATION_DEFINITION ? operation.operation : 'query';
  const told = await new Promise((resolve) => {
    client[kind]<unknown, AnyVariables>(document, {}).subscribe(({ error }) => resolve(error?.message));
  });
  return { sent, told };
}

const hashIn = ({ extensions }: Sent) => extensions?.persistedQuery?.sha256Hash ?? '';

test('each document is asked for by its hash alone, and what is trusted is these documents', async () => {
  const hashes: string[] = [];
  for (const document of DOCUMENTS) {
    const { sent, told } = await run(document);
    assert.equal(told, '[GraphQL] nothing');
    assert.deepEqual(
      sent.map((each) => each.query),
      [undefined],
    );
    hashes.push(...sent.map(hashIn));
  }
  assert.deepEqual(hashes.sort(), Object.keys(TRUSTED).sort());
});

test('a server that does not know a hash is sent the text, which is the one that is trusted', async () => {
  for (const document of DOCUMENTS) {
    const { sent, told } = await run(document, UNKNOWN);
    assert.equal(told, '[GraphQL] nothing');
    assert.deepEqual(
      sent.map((each) => each.query),
      [undefined, TRUSTED[hashIn(sent[0] as Sent)]],
    );
  }
});

test('a server that does not know the text either is not asked again', async () => {
  const { sent, told } = await run(made.ViewerDocument as DocumentNode, UNKNOWN, UNKNOWN);
  assert.equal(told, '[GraphQL] PersistedQueryNotFound');
  assert.equal(sent.length, 2);
});
