import { useState } from 'react';
import { usePractice } from '../../session/practice.tsx';
import { shaded } from '../../ui/colours.ts';
import { Meter } from '../../ui/Meter.tsx';
import { useTurn } from '../../ui/useTurn.ts';
import { countOf, STATE_NAMES } from '../appointment/words.ts';
import { History } from './History.tsx';
import { MoveButtons } from './MoveButtons.tsx';
import { PastPeriods } from './PastPeriods.tsx';
import { standingOf } from './useAnnouncedChanges.ts';
import type { Reordering } from './useReordering.ts';
import { daysOf, endOf, nameOf, type Tracker, taskOf } from './words.ts';

/** What lies behind a tracker, to be looked at one at a time. */
const BEHIND = { Periods: PastPeriods, History };
const KINDS = Object.keys(BEHIND) as (keyof typeof BEHIND)[];

interface Props {
  tracker: Tracker;
  reordering: Reordering;
  onEdit(): void;
  onRemove(): void;
}

/** One tracker with everything that is set on it, how far it is used, and what can be done with it. */
export function TrackerCard({ tracker, reordering, onEdit, onRemove }: Props) {
  const { dates, mayChange } = usePractice();
  const [shown, setShown] = useState<keyof typeof BEHIND | null>(null);
  const turn = useTurn(standingOf(tracker));
  const { state, note, color } = tracker;
  const name = nameOf(tracker);
  const Shown = shown && BEHIND[shown];
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
        {KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            aria-expanded={shown === kind}
            aria-label={`${kind} of ${name}`}
            onClick={() => setShown(shown === kind ? null : kind)}
          >
            {kind}
          </button>
        ))}
        {mayChange.trackers && <MoveButtons id={tracker.id} name={name} reordering={reordering} />}
      </div>
      {Shown && (
        <div className="behind">
          <Shown trackerId={tracker.id} name={name} after={null} />
        </div>
      )}
    </li>
  );
}
