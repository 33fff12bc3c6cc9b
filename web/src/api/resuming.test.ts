import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client, Sink, SubscribePayload } from 'graphql-ws';
import { resuming } from './resuming.ts';

const WATCH =
  'subscription ($id: ID!, $knownRevision: Int) { banner(id: $id, knownRevision: $knownRevision) { revision } }';

/** A socket that keeps what it was asked, and lets the test say what comes. */
function begin(query: string, variables: Record<string, unknown>) {
  const got: unknown[] = [];
  let asked: SubscribePayload | undefined;
  let sink: Sink | undefined;
  const socket = {
    subscribe(payload: SubscribePayload, given: Sink) {
      [asked, sink] = [payload, given];
      return () => undefined;
    },
  } as unknown as Client;
  const forward = resuming(socket);
  const operation = { query, variables } as Parameters<typeof forward>[0];
  forward(operation, {} as Parameters<typeof forward>[1]).subscribe({
    next: (value) => got.push(value),
    error: (error) => got.push(error),
    complete: () => got.push('complete'),
  });
  return {
    got,
    sink: sink as unknown as Sink,
    written: () => JSON.parse(JSON.stringify(asked)).variables,
  };
}

test('each attempt carries the newest revision that came', () => {
  const { sink, written, got } = begin(WATCH, { id: 'a', knownRevision: 7 });
  assert.deepEqual(written(), { id: 'a', knownRevision: 7 });
  sink.next({ data: { banner: { revision: 8 } } });
  sink.next({ data: null, errors: [] });
  assert.deepEqual(written(), { id: 'a', knownRevision: 8 });
  assert.equal(got.length, 2);
});

test('what does not ask for a revision is sent none', () => {
  const { sink, written } = begin('subscription { board { revision } }', {});
  sink.next({ data: { board: { revision: 8 } } });
  assert.deepEqual(written(), {});
});
