import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createRequest } from '@urql/core';
import type { Client, Sink, SubscribePayload } from 'graphql-ws';
import { makeStore } from '../store.ts';
import type { Connection } from './connection.ts';
import { resuming } from './resuming.ts';
import { standingIn } from './standing.ts';

const WATCH =
  'subscription ($id: ID!, $knownRevision: Int) { banner(id: $id, knownRevision: $knownRevision) { revision } }';
const BY_HASH = { persistedQuery: { version: 1 as const, sha256Hash: 'abc' } };
const LONGEST_WAIT_MS = 5_000;

/** A socket that keeps what it was asked, each time, and lets the test say what comes. */
function begin(document: string, variables: Record<string, unknown>) {
  const got: unknown[] = [];
  const attempts: { payload: SubscribePayload; sink: Sink }[] = [];
  const socket = {
    subscribe(payload: SubscribePayload, sink: Sink) {
      attempts.push({ payload, sink });
      return () => got.push('stopped');
    },
  } as unknown as Client;
  const state = makeStore<Connection>('connecting');
  const standing = standingIn(state);
  const forward = resuming(socket, standing);
  const operation = createRequest(document, variables) as Parameters<typeof forward>[1];
  const { unsubscribe } = forward({ operationName: undefined, variables, extensions: BY_HASH }, operation).subscribe({
    next: (value) => got.push(value),
    error: (error) => got.push(error),
    complete: () => got.push('complete'),
  });
  const sent = () => JSON.parse(JSON.stringify(attempts.at(-1)?.payload));
  return {
    got,
    attempts,
    state,
    standing,
    unsubscribe,
    get sink(): Sink {
      return (attempts.at(-1) as (typeof attempts)[number]).sink;
    },
    sent,
    written: () => sent().variables,
  };
}

function withoutWaiting(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  return () => t.mock.timers.tick(LONGEST_WAIT_MS);
}

test('each attempt carries the newest revision that came', () => {
  const { sink, written, got } = begin(WATCH, { id: 'a', knownRevision: 7 });
  assert.deepEqual(written(), { id: 'a', knownRevision: 7 });
  sink.next({ data: { banner: { revision: 8 } } });
  sink.next({ data: null, errors: [] });
  assert.deepEqual(written(), { id: 'a', knownRevision: 8 });
  assert.equal(got.length, 2);
});

test('what is asked for by its hash is so at each attempt, and told at once when there is no such hash', (t) => {
  const wait = withoutWaiting(t);
  const { sent, sink, got, attempts } = begin(WATCH, { id: 'a' });
  const asked = { query: '', extensions: BY_HASH, variables: { id: 'a', knownRevision: null } };
  assert.deepEqual(sent(), asked);
  sink.error({ code: 1011 } as CloseEvent);
  wait();
  assert.deepEqual(sent(), asked);
  const unknown = [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }];
  attempts.at(-1)?.sink.error(unknown as never);
  wait();
  assert.deepEqual(got, [unknown]);
  assert.equal(attempts.length, 2);
});

test('what does not ask for a revision is sent none', () => {
  const { sink, written } = begin('subscription { board { revision } }', {});
  sink.next({ data: { board: { revision: 8 } } });
  assert.deepEqual(written(), {});
});

test('it is live from the first result, and again from the first after a loss', () => {
  const { sink, state, standing } = begin(WATCH, { id: 'a' });
  assert.equal(state.get(), 'connecting');
  sink.next({ data: { banner: { revision: 8 } } });
  assert.equal(state.get(), 'live');
  standing.closed();
  assert.equal(state.get(), 'lost');
  sink.next({ data: { banner: { revision: 8 } } });
  assert.equal(state.get(), 'live');
});

for (const [name, error] of [
  ['an overload', [{ message: '', extensions: { code: 'UNAVAILABLE' } }]],
  ['a close that the library never retries', { code: 4429 }],
  ['an error of the server', { code: 1011 }],
] as const) {
  test(`after ${name} it begins again, with the whole state, and is not live meanwhile`, (t) => {
    const wait = withoutWaiting(t);
    const begun = begin(WATCH, { id: 'a', knownRevision: 7 });
    begun.sink.next({ data: { banner: { revision: 8 } } });
    begun.sink.error(error);
    assert.equal(begun.state.get(), 'lost');
    assert.equal(begun.attempts.length, 1);
    wait();
    assert.equal(begun.attempts.length, 2);
    assert.deepEqual(begun.written(), { id: 'a', knownRevision: null });
    begun.sink.next({ data: { banner: { revision: 9 } } });
    assert.equal(begun.state.get(), 'live');
    assert.equal(begun.got.length, 2);
  });
}

test('what is completed begins again at once, and is told when it is gone', (t) => {
  const wait = withoutWaiting(t);
  const begun = begin(WATCH, { id: 'a', knownRevision: 7 });
  begun.sink.complete();
  assert.equal(begun.attempts.length, 2);
  const gone = [{ message: 'gone', extensions: { code: 'NOT_FOUND' } }];
  begun.sink.error(gone);
  wait();
  assert.deepEqual(begun.got, [gone]);
  assert.equal(begun.attempts.length, 2);
});

test('what is completed again and again is not asked for without a pause', (t) => {
  const wait = withoutWaiting(t);
  const begun = begin(WATCH, { id: 'a' });
  begun.sink.complete();
  begun.sink.complete();
  assert.equal(begun.attempts.length, 2);
  assert.equal(begun.state.get(), 'lost');
  wait();
  assert.equal(begun.attempts.length, 3);
});

test('what nobody watches any more does not begin again', (t) => {
  const wait = withoutWaiting(t);
  const begun = begin(WATCH, { id: 'a' });
  begun.sink.error({ code: 1011 });
  begun.unsubscribe();
  wait();
  begun.sink.complete();
  assert.equal(begun.attempts.length, 1);
});

test('a refused token is refused for good', (t) => {
  const wait = withoutWaiting(t);
  const begun = begin(WATCH, { id: 'a' });
  begun.sink.error({ code: 4403 });
  wait();
  assert.deepEqual(begun.got, [{ code: 4403 }]);
  assert.equal(begun.attempts.length, 1);
});
