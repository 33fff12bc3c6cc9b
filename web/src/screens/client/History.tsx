import { StaffDocument, TrackerHistoryDocument } from '../../graphql.ts';
import { useFresh } from '../../session/changes.tsx';
import { usePractice } from '../../session/practice.tsx';
import { Loaded } from '../../ui/Loaded.tsx';
import { PagedTable } from '../../ui/PagedTable.tsx';
import { happened } from './history.ts';

const COLUMNS = ['When', 'Change', 'By'];

interface Props {
  trackerId: string;
  name: string;
  after: string | null;
}

/** Who changed a tracker, when and how, newest first; what time alone does is done by nobody. */
export function History({ trackerId, name, after }: Props) {
  const { dates } = usePractice();
  const people = useFresh(StaffDocument, {}).data?.staff.nodes ?? [];
  const personOf = (id: string) => people.find((person) => person.id === id)?.name ?? 'somebody';
  const asked = useFresh(TrackerHistoryDocument, { trackerId, after });
  return (
    <Loaded asked={asked}>
      {({ node }) => {
        if (!node || !('history' in node)) return null;
        const { nodes, pageInfo } = node.history;
        return (
          <PagedTable
            caption={`History of ${name}`}
            columns={COLUMNS}
            pageInfo={pageInfo}
            next={(next) => <History trackerId={trackerId} name={name} after={next} />}
          >
            {nodes.map(({ id, at, actor, ...change }) => (
              <tr key={id}>
                <th scope="row">{dates.moment(at)}</th>
                <td>{happened(change, { dates, personOf })}</td>
                <td>{actor.label === BY_ITSELF ? 'itself' : actor.label}</td>
              </tr>
            ))}
          </PagedTable>
        );
      }}
    </Loaded>
  );
}

const BY_ITSELF = 'system';
