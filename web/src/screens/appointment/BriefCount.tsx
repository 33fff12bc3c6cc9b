import { shaded } from '../../ui/colours.ts';
import { type BannerTracker, standingWordOf } from './words.ts';

type Counted = Pick<BannerTracker, 'color' | 'used' | 'sessionLimit' | 'state' | 'over'>;

/** "4 of 12" beside the tracker's colour, and a word where that is not all: "4 of 3, 1 over", "4 of 10, expired". */
export function BriefCount({ tracker }: { tracker: Counted }) {
  const word = standingWordOf(tracker);
  return (
    <span style={shaded(tracker.color)}>
      <span className="swatch" />
      {tracker.used} of {tracker.sessionLimit}
      {word && (
        <>
          , <strong>{word}</strong>
        </>
      )}
    </span>
  );
}
