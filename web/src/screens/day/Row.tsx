import type { AppointmentPartsFragment } from '../../graphql.ts';
import { hrefOf } from '../../place/place.ts';
import { usePractice } from '../../session/practice.tsx';
import { BriefCount } from '../appointment/BriefCount.tsx';
import { STATUS_NAMES } from '../appointment/words.ts';

/** One appointment of a day: opens its dialog. */
export function Row({ day, appointment }: { day: string; appointment: AppointmentPartsFragment }) {
  const { today, dates } = usePractice();
  const { id, client, startsAt, endsAt, status, service, practitioner, banner } = appointment;
  const [tracker] = banner.trackers;
  const screen = { name: 'day', day: day === today ? null : day } as const;
  return (
    <li className={`appointment ${status.toLowerCase()}`}>
      <a href={hrefOf({ screen, appointment: id })}>
        <span className="times">{dates.times(startsAt, endsAt)}</span>
        <span className="who">{client.name}</span>
        <span className="what">{[service, practitioner?.name].filter(Boolean).join(' · ')}</span>
        {tracker && (
          <span className="count">
            <BriefCount tracker={tracker} />
            {banner.moreCount > 0 && (
              <>
                <span aria-hidden="true"> (+{banner.moreCount})</span>
                <span className="unseen"> and {banner.moreCount} more</span>
              </>
            )}
          </span>
        )}
        <span className="chip">{STATUS_NAMES[status]}</span>
      </a>
    </li>
  );
}
