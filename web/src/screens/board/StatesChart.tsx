import { Chart } from './Chart.tsx';
import type { BoardCounts } from './Counts.tsx';

const WIDTH = 1000;

/** The share of each state in one bar. */
export function StatesChart({ counts }: { counts: BoardCounts }) {
  const parts = [
    { name: 'Active', kind: 'active', count: counts.active },
    { name: 'Limit reached', kind: 'limit-reached', count: counts.limitReached },
    { name: 'Expired', kind: 'expired', count: counts.expired },
    { name: 'Upcoming', kind: 'upcoming', count: counts.upcoming },
  ];
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const told = parts.map(({ name, count }) => `${name}: ${count}`).join(', ');
  const begins = parts.map((_, index) => parts.slice(0, index).reduce((sum, { count }) => sum + count, 0));
  return (
    <Chart
      title="Trackers by state"
      description={`${told}.`}
      heads={['State', 'Trackers']}
      rows={parts.map(({ name, count }) => [name, String(count)])}
      labels={
        <ul className="legend">
          {parts.map(({ name, kind, count }) => (
            <li key={kind} className={kind}>
              {name} {count}
            </li>
          ))}
        </ul>
      }
      viewBox={`0 0 ${WIDTH} 100`}
    >
      {total === 0 && <rect className="empty" width={WIDTH} height="100" />}
      {parts.map(({ kind, count }, index) => (
        <rect
          key={kind}
          className={kind}
          x={((begins[index] ?? 0) / total) * WIDTH || 0}
          width={(count / total) * WIDTH || 0}
          height="100"
        />
      ))}
    </Chart>
  );
}
