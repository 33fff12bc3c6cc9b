import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesIn, draftOf, newDraft, rebased, settingsOf } from './trackerDraft.ts';
import type { Tracker } from './words.ts';

const TRACKER: Tracker = {
  id: 'T',
  slot: 1,
  state: 'ACTIVE',
  sessionLimit: 12,
  used: 4,
  remaining: 8,
  over: 0,
  beginDate: '2026-02-28',
  endDate: '2026-03-30',
  note: 'Insurer',
  color: '#3366CC',
  autoReset: true,
  updatedAt: '2026-01-31T08:00:00Z',
  taskRule: { trigger: 'END_DATE', assignee: { id: 'P', name: 'Luca' } },
};

test('an edit names only what was changed, so that the anchor of the periods stays', () => {
  const before = draftOf(TRACKER, 'me');
  assert.deepEqual(changesIn(before, before), {});
  assert.deepEqual(changesIn({ ...before, sessionLimit: '14', note: ' ' }, before), { sessionLimit: 14, note: null });
  assert.deepEqual(changesIn({ ...before, trigger: '' }, before), { taskRule: null });
  assert.deepEqual(changesIn({ ...before, assigneeId: 'Q' }, before), {
    taskRule: { trigger: 'END_DATE', assigneeId: 'Q' },
  });
});

test('what was changed is kept over what somebody else saved meanwhile, and nothing else is', () => {
  const before = draftOf(TRACKER, 'me');
  const newest = draftOf({ ...TRACKER, sessionLimit: 20, note: 'Theirs', taskRule: null }, 'me');
  const draft = { ...before, note: 'Mine', endDate: '' };
  assert.deepEqual(rebased(draft, before, newest), { ...newest, note: 'Mine', endDate: '' });
  assert.deepEqual(rebased({ ...before, assigneeId: 'Q' }, before, newest), {
    ...newest,
    trigger: 'END_DATE',
    assigneeId: 'Q',
  });
  assert.deepEqual(rebased(before, before, newest), newest);
});

test('a new tracker begins today, without an end, in a colour of its own', () => {
  const draft = newDraft('2026-11-26', [TRACKER], 'me');
  assert.notEqual(draft.color, TRACKER.color);
  assert.deepEqual(settingsOf(draft), {
    sessionLimit: 12,
    beginDate: '2026-11-26',
    endDate: null,
    note: null,
    color: draft.color,
    autoReset: false,
    taskRule: null,
  });
});
