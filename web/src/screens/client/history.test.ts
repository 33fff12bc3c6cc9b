import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datesIn } from '../../ui/dates.ts';
import { type Change, happened } from './history.ts';

const WORDS = { dates: datesIn('Europe/Zurich', ['en-GB']), personOf: (id: string) => (id === 'luca' ? 'Luca' : '?') };
const SETTINGS = {
  sessionLimit: 12,
  beginDate: '2026-01-01',
  endDate: '2026-12-31',
  note: 'Referral',
  color: '#3366CC',
  autoReset: true,
  taskRule: { assigneeId: 'luca', trigger: 'COUNT_REACHED' },
  slot: 2,
};
const COUNT = { used: 4, remaining: 8, state: 'ACTIVE', period: 1 };

const CHANGES: [Change, string][] = [
  [
    { what: 'tracker.created', before: null, after: SETTINGS },
    'Set: session limit 12, begin date 1 January 2026, end date 31 December 2026, note “Referral”, colour #3366CC, ' +
      'automatic reset yes, task for Luca when the count is reached.',
  ],
  [
    {
      what: 'tracker.created',
      after: { ...SETTINGS, endDate: null, note: null, autoReset: false, taskRule: null },
    },
    'Set: session limit 12, begin date 1 January 2026, colour #3366CC, automatic reset no.',
  ],
  [
    {
      what: 'tracker.updated',
      before: SETTINGS,
      after: { ...SETTINGS, sessionLimit: 14, endDate: null, note: null, autoReset: false, taskRule: null },
    },
    'Edited: session limit from 12 to 14, end date from 31 December 2026 to none, note from “Referral” to none, ' +
      'automatic reset from yes to no, task from for Luca when the count is reached to none.',
  ],
  [{ what: 'tracker.updated', before: SETTINGS, after: SETTINGS }, 'Edited: nothing.'],
  [{ what: 'tracker.removed', before: SETTINGS }, 'Removed.'],
  [{ what: 'tracker.counted', before: { ...COUNT, used: 3, remaining: 9 }, after: COUNT }, 'Counted: 4 used, 8 left.'],
  [
    { what: 'tracker.counted', before: COUNT, after: { ...COUNT, used: 12, remaining: 0, state: 'LIMIT_REACHED' } },
    'Counted: 12 used, 0 left, limit reached.',
  ],
  [{ what: 'tracker.expired', before: COUNT, after: { ...COUNT, state: 'EXPIRED' } }, 'Expired: 4 used, 8 left.'],
  [
    { what: 'period.closed', after: { period: 3, begin: '2026-11-01', end: '2026-11-30', limit: 3, used: 4 } },
    'Period 3, 1 November 2026 to 30 November 2026, ended: 4 of 3 used, 1 over.',
  ],
  [
    { what: 'period.corrected', before: { used: 3, period: 2 }, after: { used: 4, period: 2 } },
    'Period 2 corrected: from 3 to 4 used.',
  ],
  [{ what: 'tracker.opening_balance_set', after: {} }, 'tracker opening balance set.'],
];

for (const [change, words] of CHANGES) {
  test(`a change is told as “${words}”`, () => assert.equal(happened(change, WORDS), words));
}
