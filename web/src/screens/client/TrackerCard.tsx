import { useState } from 'react';
import { usePractice } from '../../session/practice.tsx';
import { shaded } from '../../ui/colours.ts';
import { Meter } from '../../ui/Meter.tsx';
import { useTurn } from '../../ui/useTurn.ts';
import { countOf, STATE_NAMES } from '../appointment/words.ts';
import { MoveButtons } from './MoveButtons.tsx';
import { PastPeriods } from './PastPeriods.tsx';
import { standingOf } from './useAnnouncedChanges.ts';
import type { Reordering } from './useReordering.ts';
import { daysOf, endOf, nameOf, type Tracker, taskOf } from './words.ts';

interface Props {
  tracker: Tracker;
  reordering: Reordering;
  onEdit(): void;
  onRemove(): void;
}

/** One tracker with everything that is set on it, how far it is used, and what can be done with it. */
export function TrackerCard({ tracker, reordering, onEdit, onRemove }: Props) {
  const { dates, mayChange } = usePractice();
  const [showsPast, setShowsPast] = useState(false);
  const turn = useTurn(standingOf(tracker));
  const { state, note, color } = tracker;
  const name = nameOf(tracker);
  const isDragged = reordering.dragged === tracker.id;
  return (
    <li className={isDragged ? 'tracker card dragged' : 'tracker card'} style={shaded(color)} data-state={state}>
      <div key={turn} className={turn > 0 ? 'standing changed' : 'standing'}>
        <h3 className="tracker-count">
          {countOf(tracker)} <span className="chip">{STATE_NAMES[state]}</span>
        </h3>
        <Meter tracker={tracker} />
      </div>
      <div>
        {note && <p className="tracker-note">{note}</p>}
        <p className="hint">
          {daysOf(tracker, dates)} · {endOf(tracker, dates)}
        </p>
        <p className="hint">{taskOf(tracker)}</p>
      </div>
      <div className="row card-actions">
        {mayChange.trackers && (
          <>
            <button type="button" aria-label={`Edit ${name}`} onClick={onEdit}>
              Edit
            </button>
            <button type="button" aria-label={`Remove ${name}`} onClick={onRemove}>
              Remove
            </button>
          </>
        )}
        <button
          type="button"
          aria-expanded={showsPast}
          aria-label={`Periods of ${name}`}
          onClick={() => setShowsPast(!showsPast)}
        >
          Periods
        </button>
        {mayChange.trackers && <MoveButtons id={tracker.id} name={name} reordering={reordering} />}
      </div>
      {showsPast && <PastPeriods trackerId={tracker.id} name={name} after={null} />}
    </li>
  );
}
