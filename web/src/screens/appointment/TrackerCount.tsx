import { usePractice } from '../../session/practice.tsx';
import { shaded } from '../../ui/colours.ts';
import { useTurn } from '../../ui/useTurn.ts';
import { type BannerTracker, countOf, STATE_NAMES, spanOf, textOf } from './words.ts';

/** One tracker on a banner: its count, its note, its dates, and its colour beside them. */
export function TrackerCount({ tracker }: { tracker: BannerTracker }) {
  const { dates } = usePractice();
  const turn = useTurn(textOf(tracker));
  const { used, sessionLimit, sessionNumber, note, state } = tracker;
  const kind = `tracker ${state.toLowerCase()}`;
  return (
    <li key={turn} className={turn > 0 ? `${kind} changed` : kind} style={shaded(tracker.color)} data-state={state}>
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
