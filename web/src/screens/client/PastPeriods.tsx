import { PastPeriodsDocument, type PastPeriodsQuery } from '../../graphql.ts';
import { useFresh } from '../../session/changes.tsx';
import { usePractice } from '../../session/practice.tsx';
import { Loaded } from '../../ui/Loaded.tsx';
import { PagedTable } from '../../ui/PagedTable.tsx';
import { countOf, spanOf } from '../appointment/words.ts';
import { TASK_STATUS_NAMES } from '../tasks/words.ts';

type Tracker = Extract<NonNullable<PastPeriodsQuery['node']>, { periods: unknown }>;
type Period = Tracker['periods']['nodes'][number];

const COLUMNS = ['Period', 'Sessions', 'Task'];

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
          <PagedTable
            caption={`Periods of ${name}`}
            columns={COLUMNS}
            pageInfo={pageInfo}
            next={(next) => <PastPeriods trackerId={trackerId} name={name} after={next} />}
          >
            {nodes.map((period) => (
              <Row key={period.number} period={period} />
            ))}
          </PagedTable>
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
