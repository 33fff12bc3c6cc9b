import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeWish, uuid, withKey } from './wish.ts';

const asked = { input: { taskId: 'one' } };

test('what has had no answer is sent again with its key', () => {
  const wish = makeWish();
  const key = wish.keyFor(asked);
  assert.equal(wish.keyFor({ input: { taskId: 'one' } }), key);
});

test('what was answered is another wish the next time', () => {
  const wish = makeWish();
  const key = wish.keyFor(asked);
  wish.answered(key);
  assert.notEqual(wish.keyFor(asked), key);
});

test('what is asked for otherwise has a key of its own, also when the first is asked for again', () => {
  const wish = makeWish();
  const first = wish.keyFor(asked);
  const other = wish.keyFor({ input: { taskId: 'two' } });
  assert.notEqual(other, first);
  assert.notEqual(wish.keyFor(asked), first);
});

test('an answer that comes late is not one to the wish after', () => {
  const wish = makeWish();
  const first = wish.keyFor(asked);
  const other = wish.keyFor({ input: { taskId: 'two' } });
  wish.answered(first);
  assert.equal(wish.keyFor({ input: { taskId: 'two' } }), other);
});

test('once what it is about has changed, it is another wish, also when that is as it was', () => {
  const wish = makeWish();
  wish.isAbout('OPEN');
  const key = wish.keyFor(asked);
  wish.isAbout('OPEN');
  assert.equal(wish.keyFor(asked), key);
  wish.isAbout('DONE');
  wish.isAbout('OPEN');
  assert.notEqual(wish.keyFor(asked), key);
});

test('the key is in the input, or beside what else is given, and what was given stays', () => {
  assert.deepEqual(withKey(asked, 'k'), { input: { taskId: 'one', idempotencyKey: 'k' } });
  assert.deepEqual(withKey({ days: 7 }, 'k'), { days: 7, idempotencyKey: 'k' });
  assert.deepEqual(asked, { input: { taskId: 'one' } });
});

test('a key is a UUID, made where randomUUID is not there too', () => {
  assert.match(uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
