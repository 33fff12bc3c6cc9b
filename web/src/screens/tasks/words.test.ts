import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datesIn } from '../../ui/dates.ts';
import { titleOf } from './words.ts';

test('the end date that was reached is written in the language of the reader', () => {
  const title = 'Mara Keller: end date 2026-11-29 reached (Until 2026-12-31)';
  const written = (language: string) => titleOf({ title, reason: 'END_DATE' }, datesIn('Europe/Zurich', [language]));
  assert.equal(written('en-GB'), 'Mara Keller: end date 29 November 2026 reached (Until 2026-12-31)');
  assert.equal(written('de-DE'), 'Mara Keller: end date 29. November 2026 reached (Until 2026-12-31)');
});

test('what somebody wrote in a note stays as it was written', () => {
  const title = 'Mara Keller: session limit of 5 reached (Until 2026-12-31)';
  assert.equal(titleOf({ title, reason: 'COUNT_REACHED' }, datesIn('Europe/Zurich', ['en-GB'])), title);
});
