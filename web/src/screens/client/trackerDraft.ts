import type { CreateTrackerInput, TaskTrigger, UpdateTrackerInput } from '../../graphql.ts';
import type { Tracker } from './words.ts';

/** A tracker's settings as they stand in the form; what is absent is empty. */
export interface TrackerDraft {
  sessionLimit: string;
  beginDate: string;
  endDate: string;
  note: string;
  color: string;
  trigger: TaskTrigger | '';
  assigneeId: string;
  autoReset: boolean;
}

type Settings = Omit<CreateTrackerInput, 'clientId'>;

/** The input fields that the form shows; a problem with another one is told for the whole. */
export const FIELDS = ['sessionLimit', 'beginDate', 'endDate', 'note', 'color', 'autoReset', 'taskRule'] as const;

export const COLOURS: readonly [string, string][] = [
  ['#3366CC', 'Blue'],
  ['#2A7F62', 'Green'],
  ['#B3541E', 'Orange'],
  ['#7A3E9D', 'Violet'],
  ['#14647A', 'Teal'],
  ['#8A1C1C', 'Red'],
  ['#8A6D00', 'Ochre'],
  ['#B8326F', 'Pink'],
];

/** What a new tracker begins with: from today on, in a colour that the client's others do not have. */
export function newDraft(today: string, others: readonly Tracker[], ownId: string): TrackerDraft {
  const taken = new Set(others.map(({ color }) => color.toUpperCase()));
  const [color] = COLOURS.find(([each]) => !taken.has(each)) ?? ['#3366CC'];
  return {
    sessionLimit: '12',
    beginDate: today,
    endDate: '',
    note: '',
    color,
    trigger: '',
    assigneeId: ownId,
    autoReset: false,
  };
}

export function draftOf(tracker: Tracker, ownId: string): TrackerDraft {
  return {
    sessionLimit: String(tracker.sessionLimit),
    beginDate: tracker.beginDate,
    endDate: tracker.endDate ?? '',
    note: tracker.note ?? '',
    color: tracker.color,
    trigger: tracker.taskRule?.trigger ?? '',
    assigneeId: tracker.taskRule?.assignee.id ?? ownId,
    autoReset: tracker.autoReset,
  };
}

export function settingsOf(draft: TrackerDraft): Settings {
  return {
    sessionLimit: Number(draft.sessionLimit),
    beginDate: draft.beginDate,
    endDate: draft.endDate || null,
    note: draft.note.trim() || null,
    color: draft.color,
    autoReset: draft.autoReset,
    taskRule: draft.trigger ? { trigger: draft.trigger, assigneeId: draft.assigneeId } : null,
  };
}

/** Only what somebody changed: a begin date that is sent, even the same one, would be where the next periods count from. */
export function changesIn(draft: TrackerDraft, before: TrackerDraft): Omit<UpdateTrackerInput, 'trackerId'> {
  const old = settingsOf(before);
  const entries = Object.entries(settingsOf(draft));
  return Object.fromEntries(
    entries.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name as keyof Settings])),
  );
}

/** What somebody changed, over what the settings are by now; a task rule is theirs as a whole. */
export function rebased(draft: TrackerDraft, before: TrackerDraft, newest: TrackerDraft): TrackerDraft {
  const { trigger, assigneeId } = draft;
  const changed = Object.keys(changesIn(draft, before));
  const kept = Object.entries(draft).filter(([name]) => changed.includes(name));
  return { ...newest, ...Object.fromEntries(kept), ...(changed.includes('taskRule') && { trigger, assigneeId }) };
}
