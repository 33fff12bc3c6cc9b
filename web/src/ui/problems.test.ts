import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Problem } from '../api/actions.ts';
import { besides, problemOf } from './problems.ts';

const problem = (message: string, path?: string[]): Problem => ({ code: 'INVALID', message, path });
const limit = problem('At least 1.', ['sessionLimit']);
const person = problem('Not active.', ['taskRule', 'assigneeId']);
const whole = problem('Somebody else edited.');

test('a problem is told beside the field that its path names, or one within it', () => {
  assert.equal(problemOf([limit, person, whole], 'sessionLimit'), 'At least 1.');
  assert.equal(problemOf([limit, person, whole], 'taskRule'), 'Not active.');
  assert.equal(problemOf([limit, limit], 'sessionLimit'), 'At least 1. At least 1.');
  assert.equal(problemOf([limit, person, whole], 'endDate'), undefined);
});

test('what is told beside no field is told for the whole', () => {
  assert.deepEqual(besides([limit, person, whole], ['sessionLimit', 'taskRule']), [whole]);
  assert.deepEqual(besides([limit, person], ['session', 'taskRule']), [limit]);
});
