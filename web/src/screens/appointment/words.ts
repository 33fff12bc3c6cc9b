import type { AppointmentStatus, BannerPartsFragment, ChangeReason, TrackerState } from '../../graphql.ts';
import type { Dates } from '../../ui/dates.ts';

export type BannerTracker = BannerPartsFragment['trackers'][number];
type Counted = Pick<BannerTracker, 'used' | 'sessionLimit' | 'remaining' | 'over'>;

export const STATUS_NAMES: Record<AppointmentStatus, string> = {
  SCHEDULED: 'Booked',
  COMPLETED: 'Completed',
  CANCELLED: 'Cancelled',
  MISSED: 'Missed',
};

export const STATE_NAMES: Record<TrackerState, string> = {
  UPCOMING: 'Upcoming',
  ACTIVE: 'Active',
  LIMIT_REACHED: 'Limit reached',
  EXPIRED: 'Expired',
  REMOVED: 'Removed',
};

const REASONS: Record<ChangeReason, string> = {
  SNAPSHOT: 'Changed',
  COMPLETION: 'A session was completed',
  CORRECTION: 'An appointment was corrected',
  TRACKER_EDIT: 'A tracker was edited',
  RESET: 'A new period began',
  EXPIRY: 'A tracker expired',
  NEW_DAY: 'A new day began',
  RESYNC: 'Caught up',
};

/** "4 of 12 used, 8 left", and past the limit "14 of 12 used, 2 over". */
export function countOf({ used, sessionLimit, remaining, over }: Counted): string {
  return `${used} of ${sessionLimit} used, ${over > 0 ? `${over} over` : `${remaining} left`}`;
}

/** What there is to know of a tracker beside its count where there is room for a word; nothing of one that is active. */
export function standingWordOf({ state, over }: Pick<BannerTracker, 'state' | 'over'>): string | null {
  if (state === 'ACTIVE') return null;
  return state === 'LIMIT_REACHED' && over > 0 ? `${over} over` : STATE_NAMES[state].toLowerCase();
}

/** "1 January 2026 to 31 December 2026", or "since 1 January 2026". */
export function spanOf({ beginDate, endDate }: Pick<BannerTracker, 'beginDate' | 'endDate'>, dates: Dates): string {
  return endDate ? `${dates.date(beginDate)} to ${dates.date(endDate)}` : `since ${dates.date(beginDate)}`;
}

/** All that a banner tells of a tracker; what is highlighted when it changes. */
export function textOf(tracker: BannerTracker): string {
  const { state, note, beginDate, endDate, sessionNumber } = tracker;
  return [countOf(tracker), state, note, beginDate, endDate, sessionNumber].join(' · ');
}

/** What a screen reader says of a change: the first tracker that stands otherwise than before. Nothing when none does. */
export function changeOf(before: BannerPartsFragment, { reason, trackers }: BannerPartsFragment): string | null {
  const known = new Set(before.trackers.map(keyOf));
  if (trackers.length === known.size && trackers.every((each) => known.has(keyOf(each)))) return null;
  const [first] = [...trackers.filter((each) => !known.has(keyOf(each))), ...trackers];
  return `${REASONS[reason]}: ${first ? countOf(first) : 'no tracker is shown'}.`;
}

const keyOf = (tracker: BannerTracker) => `${tracker.trackerId} ${textOf(tracker)}`;
