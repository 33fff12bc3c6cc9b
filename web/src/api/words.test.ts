import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CombinedError } from '@urql/core';
import { unansweredOf, wordsOf } from './words.ts';

const refused = (code: string, message: string) =>
  new CombinedError({ graphQLErrors: [{ message, extensions: { code } }] });

test('why there is no answer is told in the words of the server, or that it cannot be reached', () => {
  assert.equal(wordsOf(refused('UNAVAILABLE', 'The database is away.')), 'The database is away.');
  assert.equal(wordsOf(new CombinedError({ networkError: new Error('away') })), 'The server cannot be reached.');
});

test('a change that had no answer is safe to try again, unless it would only be refused again', () => {
  const safe = 'Try again: it is done once, also if it was done already.';
  const away = new CombinedError({ networkError: new Error('away') });
  assert.equal(unansweredOf(away), `The server could not be reached. ${safe}`);
  assert.equal(unansweredOf(refused('UNAVAILABLE', 'The database is away.')), `The database is away. ${safe}`);
  assert.equal(unansweredOf(refused('FORBIDDEN', 'Your role may not.')), 'Your role may not.');
});
