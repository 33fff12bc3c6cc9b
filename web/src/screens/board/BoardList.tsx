import { type ReactNode, useId } from 'react';
import type { BoardTrackerFragment } from '../../graphql.ts';
import { hrefOf } from '../../place/place.ts';
import { shaded } from '../../ui/colours.ts';
import { Meter } from '../../ui/Meter.tsx';
import { countOf } from '../appointment/words.ts';

export type ListedTracker = BoardTrackerFragment;

/** How many a list of the board holds at most. */
export const LISTED = 100;

interface Props {
  title: string;
  nothing: string;
  trackers: readonly ListedTracker[];
  what?(tracker: ListedTracker): ReactNode;
}

/** Trackers that want somebody's eye; each leads to its client. */
export function BoardList({ title, nothing, trackers, what }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>
        {title} <span className="chip">{trackers.length < LISTED ? trackers.length : `first ${LISTED}`}</span>
      </h2>
      {trackers.length === 0 && <p className="hint">{nothing}</p>}
      <ul>
        {trackers.map((tracker) => (
          <li key={tracker.id} className="tracker" style={shaded(tracker.color)}>
            <a href={hrefOf({ screen: { name: 'client', id: tracker.client.id }, appointment: null })}>
              {tracker.client.name}
            </a>
            <strong>{countOf(tracker)}</strong>
            <Meter tracker={tracker} />
            <span className="hint">{[what?.(tracker), tracker.note].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
