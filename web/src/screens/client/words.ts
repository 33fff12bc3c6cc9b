import type { TaskTrigger, TrackerPartsFragment } from '../../graphql.ts';
import { type Dates, daysAfter } from '../../ui/dates.ts';
import { spanOf } from '../appointment/words.ts';

export type Tracker = TrackerPartsFragment;

export const MOST_TRACKERS = 8;

const LONGEST_NAME = 60;

export const TRIGGER_NAMES: Record<TaskTrigger, string> = {
  COUNT_REACHED: 'when the count is reached',
  END_DATE: 'when the end date occurs',
  WHICHEVER_COMES_FIRST: 'whichever comes first, the count or the end date',
};

/** What a tracker is called where there is no room for all of it: the beginning of its note, or its place. */
export function nameOf({ note, slot }: Pick<Tracker, 'note' | 'slot'>): string {
  const [line = ''] = (note ?? '').split('\n');
  if (!line) return `Tracker ${slot}`;
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME)} …` : line;
}

/** The days of its period; of one without an end, since when it runs, or from when. */
export function daysOf(tracker: Tracker, dates: Dates): string {
  if (tracker.state === 'UPCOMING' && !tracker.endDate) return `from ${dates.date(tracker.beginDate)}`;
  return spanOf(tracker, dates);
}

/** What becomes of a tracker after its end date. */
export function endOf({ endDate, autoReset, state }: Tracker, dates: Dates): string {
  if (!endDate) return 'no end date';
  if (autoReset) return `resets automatically on ${dates.date(daysAfter(endDate, 1))}`;
  return state === 'EXPIRED' ? 'shown until it is removed' : 'expires after its end date';
}

/** "Task for Luca Moretti when the count is reached". */
export function taskOf({ taskRule }: Tracker): string {
  return taskRule ? `Task for ${taskRule.assignee.name} ${TRIGGER_NAMES[taskRule.trigger]}` : 'No task';
}
