import { usePractice } from '../../session/practice.tsx';
import { shaded } from '../../ui/colours.ts';
import { type BannerTracker, countOf, STATE_NAMES, spanOf } from './words.ts';

/** One tracker on a banner: its count, its note, its dates, and its colour beside them. */
export function TrackerCount({ tracker }: { tracker: BannerTracker }) {
  const { dates } = usePractice();
  const { used, sessionLimit, sessionNumber, note, state } = tracker;
  return (
    <li className={`tracker ${state.toLowerCase()}`} style={shaded(tracker.color)} data-state={state}>
      <p className="tracker-count">
        <span className="swatch" />
        <strong>{countOf(tracker)}</strong>
        {state !== 'ACTIVE' && <span className="chip">{STATE_NAMES[state]}</span>}
      </p>
      <div className="meter" aria-hidden="true">
        <div style={{ inlineSize: `${Math.min(1, used / sessionLimit) * 100}%` }} />
      </div>
      {note && <p className="tracker-note">{note}</p>}
      <p className="hint">
        {spanOf(tracker, dates)}
        {sessionNumber != null && ` · this is session ${sessionNumber} of ${sessionLimit}`}
      </p>
    </li>
  );
}
