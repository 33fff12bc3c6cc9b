import { StaffDocument } from '../../graphql.ts';
import { EVERYBODY, go } from '../../place/place.ts';
import { useFresh } from '../../session/changes.tsx';
import { usePractice } from '../../session/practice.tsx';
import { Loaded } from '../../ui/Loaded.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { useInbox } from './inbox.tsx';
import { TaskList } from './TaskList.tsx';
import { TaskPages } from './TaskPages.tsx';
import { useArrivals } from './useArrivals.ts';

/** What is to do, and what was done: one's own, if one is a person of the practice, or somebody else's, or everybody's. */
export function Tasks({ whose }: { whose: string | null }) {
  const own = usePractice().viewer.staffMember?.id;
  const shown = whose ?? own ?? EVERYBODY;
  const assigneeId = shown === EVERYBODY ? null : shown;
  const look = (at: string) => go({ screen: { name: 'tasks', whose: at === own ? null : at }, appointment: null });
  return (
    <Screen title="Tasks" aside={<Whose value={shown} onChange={look} />}>
      <div className="sections" key={shown}>
        {assigneeId ? <Inbox assigneeId={assigneeId} /> : <Everybodys />}
        <section aria-labelledby="done">
          <h2 id="done" tabIndex={-1}>
            Done
          </h2>
          <TaskPages filter={{ assigneeId, status: ['DONE'] }} nothing="Nothing is done yet." />
        </section>
      </div>
    </Screen>
  );
}

function Everybodys() {
  return (
    <section aria-labelledby="open">
      <h2 id="open" tabIndex={-1}>
        To do
      </h2>
      <TaskPages filter={{ status: ['OPEN'] }} nothing="There is nothing to do." />
    </section>
  );
}

/** One's own tasks are said on every screen when they come; another person's here. */
function Inbox({ assigneeId }: { assigneeId: string }) {
  const { data, error, again, isOwn } = useInbox(assigneeId);
  const arrived = useArrivals(data?.taskInbox, !isOwn);
  return (
    <section aria-labelledby="open">
      <h2 id="open" tabIndex={-1}>
        To do{data && ` (${data.taskInbox.openCount})`}
      </h2>
      <Loaded asked={{ data, error, again }}>
        {({ taskInbox: { tasks, openCount } }) => (
          <>
            {tasks.length > 0 ? (
              <TaskList tasks={tasks} arrived={arrived} />
            ) : (
              <p className="hint">There is nothing to do.</p>
            )}
            {openCount > tasks.length && <p className="hint">The newest {tasks.length} are shown.</p>}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Whose({ value, onChange }: { value: string; onChange(id: string): void }) {
  const { viewer } = usePractice();
  const people = useFresh(StaffDocument, {}).data?.staff.nodes ?? [];
  return (
    <label className="row">
      <span>Whose</span>
      <select value={value} onChange={({ target }) => onChange(target.value)}>
        <option value={EVERYBODY}>everybody</option>
        {people.map(({ id, name }) => (
          <option key={id} value={id}>
            {id === viewer.staffMember?.id ? `${name} (you)` : name}
          </option>
        ))}
      </select>
    </label>
  );
}
