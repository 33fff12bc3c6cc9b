import type { WatchBoardSubscription } from '../../graphql.ts';
import { EVERYBODY, hrefOf } from '../../place/place.ts';
import { useTurn } from '../../ui/useTurn.ts';

export type BoardCounts = WatchBoardSubscription['board']['counts'];

/** How many there are of each, in figures that are read from across a room. */
export function Counts({ counts }: { counts: BoardCounts }) {
  return (
    <dl className="figures">
      <Figure name="Active" count={counts.active} kind="active" />
      <Figure name="Limit reached" count={counts.limitReached} kind="limit-reached" />
      <Figure name="Expired" count={counts.expired} kind="expired" />
      <Figure name="Upcoming" count={counts.upcoming} kind="upcoming" />
      <Figure name="Tasks to do" count={counts.openTasks} kind="tasks" href={hrefOf(TASKS)} />
    </dl>
  );
}

const TASKS = { screen: { name: 'tasks', whose: EVERYBODY }, appointment: null } as const;

function Figure({ name, count, kind, href }: { name: string; count: number; kind: string; href?: string }) {
  const turn = useTurn(String(count));
  return (
    <div key={turn} className={`figure ${kind} ${turn > 0 ? 'changed' : ''}`}>
      <dt>{href ? <a href={href}>{name}</a> : name}</dt>
      <dd>{count}</dd>
    </div>
  );
}
