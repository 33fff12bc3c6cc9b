import { useEffect, useRef } from 'react';
import { announce } from '../../ui/Announcer.tsx';
import { countOf, STATE_NAMES } from '../appointment/words.ts';
import { nameOf, type Tracker } from './words.ts';

/** Say which trackers stand otherwise than before, and how. */
export function useAnnouncedChanges(trackers: readonly Tracker[]): void {
  const known = useRef(trackers);
  useEffect(() => {
    const before = new Map(known.current.map((tracker) => [tracker.id, standingOf(tracker)]));
    known.current = trackers;
    const changed = trackers.filter((each) => before.has(each.id) && before.get(each.id) !== standingOf(each));
    if (changed.length > 0) announce(changed.map(told).join(' '));
  }, [trackers]);
}

/** What is highlighted when it changes. */
export function standingOf(tracker: Tracker): string {
  return `${countOf(tracker)} ${tracker.state} ${tracker.beginDate}`;
}

function told(tracker: Tracker): string {
  const state = tracker.state === 'ACTIVE' ? '' : `, ${STATE_NAMES[tracker.state].toLowerCase()}`;
  return `${nameOf(tracker)}: ${countOf(tracker)}${state}.`;
}
