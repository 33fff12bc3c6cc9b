import { PastPeriodsDocument, type PastPeriodsQuery } from '../../graphql.ts';
import { useFresh } from '../../session/changes.tsx';
import { usePractice } from '../../session/practice.tsx';
import { Loaded } from '../../ui/Loaded.tsx';
import { More } from '../../ui/More.tsx';
import { countOf, spanOf } from '../appointment/words.ts';
import { TASK_STATUS_NAMES } from '../tasks/words.ts';

type Tracker = Extract<NonNullable<PastPeriodsQuery['node']>, { periods: unknown }>;
type Period = Tracker['periods']['nodes'][number];

interface Props {
  trackerId: string;
  name: string;
  after: string | null;
}

/** All periods of a tracker, newest first: the current one, and what became of those before. */
export function PastPeriods({ trackerId, name, after }: Props) {
  const asked = useFresh(PastPeriodsDocument, { trackerId, after });
  return (
    <Loaded asked={asked}>
      {({ node }) => {
        if (!node || !('periods' in node)) return null;
        const { nodes, pageInfo } = node.periods;
        return (
          <>
            <table>
              <caption className="unseen">Periods of {name}</caption>
              <thead>
                <tr>
                  <th scope="col">Period</th>
                  <th scope="col">Sessions</th>
                  <th scope="col">Task</th>
                </tr>
              </thead>
              <tbody>
                {nodes.map((period) => (
                  <Row key={period.number} period={period} />
                ))}
              </tbody>
            </table>
            <More pageInfo={pageInfo}>{(next) => <PastPeriods trackerId={trackerId} name={name} after={next} />}</More>
          </>
        );
      }}
    </Loaded>
  );
}

function Row({ period }: { period: Period }) {
  const { dates } = usePractice();
  const { number, task, closedAt } = period;
  return (
    <tr>
      <th scope="row">
        {number}: {spanOf(period, dates)}
        {closedAt && <span className="hint"> closed {dates.moment(closedAt)}</span>}
      </th>
      <td>{countOf(period)}</td>
      <td>{task ? `${TASK_STATUS_NAMES[task.status]} (${task.assignee.name})` : 'none'}</td>
    </tr>
  );
}
