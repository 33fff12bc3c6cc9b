import { usePractice } from '../../session/practice.tsx';
import { daysAfter } from '../../ui/dates.ts';
import { LISTED, type ListedTracker } from './BoardList.tsx';
import { Chart } from './Chart.tsx';

const DAYS = 15; // today, and the two weeks that are soon
const STEP = 100;
const HEIGHT = 300;

/**
 * How many periods end on each of the coming days: those that reset, and on top those that expire. A list that is cut
 * is short of those that end last, and the chart says so.
 */
export function EndsChart({ trackers }: { trackers: readonly ListedTracker[] }) {
  const { today, dates } = usePractice();
  const days = Array.from({ length: DAYS }, (_, index) => daysAfter(today, index)).map((day) => {
    const ending = trackers.filter(({ endDate }) => endDate === day);
    const resets = ending.filter(({ autoReset }) => autoReset).length;
    return { day, resets, expires: ending.length - resets, all: ending.length };
  });
  const most = Math.max(1, ...days.map(({ all }) => all));
  const busy = days.filter(({ all }) => all > 0);
  const told = busy.map(({ day, all }) => `${dates.date(day)}: ${all}`).join(', ');
  const isCut = trackers.length >= LISTED;
  const tall = (count: number) => (count / most) * HEIGHT;
  return (
    <Chart
      title={isCut ? `The next ${LISTED} periods that end, by day` : 'Periods that end, by day'}
      description={told ? `${told}.${isCut ? ' Later ones are not counted.' : ''}` : 'None ends in the next two weeks.'}
      heads={['Day', 'Reset', 'Expire']}
      rows={busy.map(({ day, resets, expires }) => [dates.date(day), String(resets), String(expires)])}
      labels={
        <>
          <ol className="days" aria-hidden="true">
            {days.map(({ day, all }) => (
              <li key={day}>
                <span>{dates.dayOfMonth(day)}</span>
                <strong>{all || ''}</strong>
              </li>
            ))}
          </ol>
          <ul className="legend">
            <li className="active">reset</li>
            <li className="expired">expire</li>
          </ul>
        </>
      }
      viewBox={`0 0 ${DAYS * STEP} ${HEIGHT}`}
    >
      {days.map(({ day, resets, expires, all }, index) => (
        <g key={day} transform={`translate(${index * STEP + 10} 0)`}>
          <rect className="active" y={HEIGHT - tall(resets)} width={STEP - 20} height={tall(resets)} />
          <rect className="expired" y={HEIGHT - tall(all)} width={STEP - 20} height={tall(expires)} />
          {all === 0 && <rect className="empty" y={HEIGHT - 4} width={STEP - 20} height="4" />}
        </g>
      ))}
    </Chart>
  );
}
