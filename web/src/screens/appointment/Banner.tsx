import { useEffect, useRef, useState } from 'react';
import type { BannerPartsFragment } from '../../graphql.ts';
import { usePractice } from '../../session/practice.tsx';
import { announce } from '../../ui/Announcer.tsx';
import { useTurn } from '../../ui/useTurn.ts';
import { TrackerCount } from './TrackerCount.tsx';
import { changeOf } from './words.ts';

/** The client's trackers as they stand for this appointment; a change is highlighted and said. */
export function Banner({ banner, serviceDate }: { banner: BannerPartsFragment; serviceDate: string }) {
  const { today, dates } = usePractice();
  const [showsAll, setShowsAll] = useState(false);
  const turn = useTurn(banner.trackers.map(({ trackerId }) => trackerId).join());
  useAnnouncedChange(banner);
  if (banner.trackers.length === 0) {
    return (
      <p className="hint">
        {serviceDate > today
          ? `The trackers will show here on ${dates.longDate(serviceDate)}, the day of the session.`
          : 'No tracker counts for this session.'}
      </p>
    );
  }
  const shown = showsAll ? banner.trackers : banner.trackers.slice(0, 1);
  return (
    <section className="banner" aria-label="Session trackers" data-revision={banner.revision}>
      <ul key={turn} className={turn > 0 ? 'changed' : undefined}>
        {shown.map((tracker) => (
          <TrackerCount key={tracker.trackerId} tracker={tracker} />
        ))}
      </ul>
      {banner.moreCount > 0 && (
        <button type="button" className="link" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? 'Show the first only' : `Show all ${banner.trackers.length} trackers`}
        </button>
      )}
    </section>
  );
}

/** Say what has changed to the eye; a revision may grow for what is not shown here. */
function useAnnouncedChange(banner: BannerPartsFragment): void {
  const known = useRef(banner);
  useEffect(() => {
    const told = changeOf(known.current, banner);
    known.current = banner;
    if (told) announce(told);
  }, [banner]);
}
