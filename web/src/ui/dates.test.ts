import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datesIn, daysAfter, isDay, LAST_DAY, monthsAfter, showsOtherTime } from './dates.ts';

const spaced = (text: string) => text.replace(/[\u2009\u202f\u00a0]/g, ' ');

test('a moment is written as the clocks of the practice show it, in the language of the browser', () => {
  const moment = '2026-11-26T23:30:00Z';
  assert.equal(datesIn('Europe/Zurich', ['en-GB']).time(moment), '00:30');
  assert.equal(spaced(datesIn('America/New_York', ['en-US']).time(moment)), '06:30 PM');
  assert.equal(datesIn('Asia/Tokyo', ['de-CH']).moment(moment), '27.11.2026, 08:30');
});

test('clocks of two zones may show the same time, at a moment or always', () => {
  assert.equal(showsOtherTime('Europe/Zurich', '2026-11-26T12:00Z', 'America/New_York'), true);
  assert.equal(showsOtherTime('Europe/Zurich', '2026-11-26T12:00Z', 'Europe/Berlin'), false);
  assert.equal(showsOtherTime('Europe/Zurich', '2026-11-26T12:00Z', 'Africa/Lagos'), false);
  assert.equal(showsOtherTime('Europe/Zurich', '2026-07-26T12:00Z', 'Africa/Lagos'), true);
});

test('a calendar date is the same in all zones', () => {
  for (const zone of ['Pacific/Kiritimati', 'Pacific/Niue']) {
    assert.equal(datesIn(zone, ['en-GB']).longDate('2026-11-26'), 'Thursday, 26 November 2026');
  }
});

test('days are counted across months, leap days and changes of the clock', () => {
  assert.equal(daysAfter('2026-03-28', 2), '2026-03-30');
  assert.equal(daysAfter('2028-03-01', -1), '2028-02-29');
  assert.equal(daysAfter('2026-12-31', 1), '2027-01-01');
});

test('months are counted to the same day, or to the last one that there is', () => {
  assert.equal(monthsAfter('2026-01-31', 1), '2026-02-28');
  assert.equal(monthsAfter('2026-11-26', 12), '2027-11-26');
  assert.equal(monthsAfter('2028-02-29', 12), '2029-02-28');
});

test('a day is a date that there is, in a year of four digits', () => {
  for (const day of ['1000-01-01', '2026-11-26', '2028-02-29', LAST_DAY]) assert.equal(isDay(day), true, day);
  for (const text of [
    '',
    '0002-01-01',
    '2026-02-29',
    '2026-13-01',
    '20261-01-01',
    '275760-12-31',
    daysAfter(LAST_DAY, 1),
  ]) {
    assert.equal(isDay(text), false, text);
  }
});
