import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moved } from './places.ts';

test('one is moved, and the others keep their order', () => {
  assert.deepEqual(moved(['a', 'b', 'c'], 'c', 0), ['c', 'a', 'b']);
  assert.deepEqual(moved(['a', 'b', 'c'], 'a', 1), ['b', 'a', 'c']);
  assert.deepEqual(moved(['a', 'b', 'c'], 'a', 2), ['b', 'c', 'a']);
  assert.deepEqual(moved(['a', 'b', 'c'], 'b', 1), ['a', 'b', 'c']);
});
