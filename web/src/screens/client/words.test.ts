import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameOf } from './words.ts';

test('a tracker is called by the first line of its note, not too long, or by its place', () => {
  assert.equal(nameOf({ note: 'Insurer\nfive sessions', slot: 2 }), 'Insurer');
  assert.equal(nameOf({ note: null, slot: 2 }), 'Tracker 2');
  assert.equal(nameOf({ note: 'x'.repeat(80), slot: 1 }).length, 62);
});
