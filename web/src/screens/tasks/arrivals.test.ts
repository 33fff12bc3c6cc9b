import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrivalsIn } from './arrivals.ts';

const inbox = (openCount: number, ...ids: string[]) => ({ openCount, tasks: ids.map((id) => ({ id })) });

test('a task has come that was not there, also when another was done at the same moment', () => {
  assert.deepEqual(arrivalsIn(inbox(1, 'a'), inbox(2, 'b', 'a')), [{ id: 'b' }]);
  assert.deepEqual(arrivalsIn(inbox(1, 'a'), inbox(1, 'b')), [{ id: 'b' }]);
  assert.deepEqual(arrivalsIn(inbox(2, 'a', 'b'), inbox(1, 'b')), []);
});

test('a task that moves up into the list has not come', () => {
  assert.deepEqual(arrivalsIn(inbox(3, 'a', 'b'), inbox(2, 'b', 'c')), []);
  assert.deepEqual(arrivalsIn(inbox(3, 'a', 'b'), inbox(4, 'd', 'a')), [{ id: 'd' }]);
});
