import type { TaskTrigger, TrackerState } from '../../graphql.ts';
import type { Dates } from '../../ui/dates.ts';
import { countOf, STATE_NAMES, spanOf } from '../appointment/words.ts';
import { TRIGGER_NAMES } from './words.ts';

/** One change of a tracker, as the API tells it: `before` and `after` are what it told of, in JSON. */
export interface Change {
  what: string;
  before?: unknown;
  after?: unknown;
}

/** What a change is told with. */
export interface Words {
  dates: Dates;
  personOf(id: string): string;
}

interface Settings {
  sessionLimit: number;
  beginDate: string;
  endDate: string | null;
  note: string | null;
  color: string;
  autoReset: boolean;
  taskRule: { trigger: TaskTrigger; assigneeId: string } | null;
  slot: number;
}

interface Count {
  used: number;
  remaining: number;
  state: TrackerState;
}

interface Closed {
  period: number;
  begin: string;
  end: string;
  limit: number;
  used: number;
}

type Said = { [setting in keyof Settings]: (value: Settings[setting], words: Words) => string };

const SAID: Said = {
  sessionLimit: (limit) => String(limit),
  beginDate: (day, { dates }) => dates.date(day),
  endDate: (day, { dates }) => (day ? dates.date(day) : 'none'),
  note: (note) => (note ? `“${note}”` : 'none'),
  color: (color) => color,
  autoReset: (resets) => (resets ? 'yes' : 'no'),
  taskRule: (rule, { personOf }) => (rule ? `for ${personOf(rule.assigneeId)} ${TRIGGER_NAMES[rule.trigger]}` : 'none'),
  slot: String,
};

const NAMES: Record<keyof Settings, string> = {
  sessionLimit: 'session limit',
  beginDate: 'begin date',
  endDate: 'end date',
  note: 'note',
  color: 'colour',
  autoReset: 'automatic reset',
  taskRule: 'task',
  slot: 'place',
};

/** "Edited: session limit from 12 to 14, end date from none to 31 December 2026." */
export function happened({ what, before, after }: Change, words: Words): string {
  switch (what) {
    case 'tracker.created':
      return `Set: ${settingsOf(after as Settings, words)}.`;
    case 'tracker.updated':
      return `Edited: ${editsOf(before as Settings, after as Settings, words) || 'nothing'}.`;
    case 'tracker.removed':
      return 'Removed.';
    case 'tracker.counted':
      return `Counted: ${standingOf(after as Count)}${turnOf(before as Count, after as Count)}.`;
    case 'tracker.expired':
      return `Expired: ${standingOf(after as Count)}.`;
    case 'period.closed':
      return closedOf(after as Closed, words);
    case 'period.corrected':
      return `Period ${(after as Closed).period} corrected: from ${(before as Closed).used} to ${(after as Closed).used} used.`;
    default:
      return `${what.replace('.', ' ').replaceAll('_', ' ')}.`;
  }
}

function settingsOf(settings: Settings, words: Words): string {
  const given = keys().filter((key) => key !== 'slot' && settings[key] !== null);
  return given.map((key) => `${NAMES[key]} ${said(key, settings, words)}`).join(', ');
}

function editsOf(before: Settings, after: Settings, words: Words): string {
  const pairs = keys().map((key) => [NAMES[key], said(key, before, words), said(key, after, words)]);
  const changed = pairs.filter(([, from, to]) => from !== to);
  return changed.map(([name, from, to]) => `${name} from ${from} to ${to}`).join(', ');
}

function said<Key extends keyof Settings>(key: Key, settings: Settings, words: Words): string {
  return SAID[key](settings[key], words);
}

function keys(): (keyof Settings)[] {
  return Object.keys(NAMES) as (keyof Settings)[];
}

function standingOf({ used, remaining }: Count): string {
  return `${used} used, ${remaining} left`;
}

/** The state, where that is another than before. */
function turnOf(before: Count, { state }: Count): string {
  return state === before.state ? '' : `, ${STATE_NAMES[state].toLowerCase()}`;
}

function closedOf({ period, begin, end, limit, used }: Closed, { dates }: Words): string {
  const span = spanOf({ beginDate: begin, endDate: end }, dates);
  const left = { remaining: Math.max(0, limit - used), over: Math.max(0, used - limit) };
  return `Period ${period}, ${span}, ended: ${countOf({ used, sessionLimit: limit, ...left })}.`;
}
