import { useState } from 'react';
import { useSubscription } from 'urql';
import { StaffDocument, WatchInboxDocument } from '../../graphql.ts';
import { useFresh } from '../../session/changes.tsx';
import { usePractice } from '../../session/practice.tsx';
import { Loaded } from '../../ui/Loaded.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { TaskList } from './TaskList.tsx';
import { TaskPages } from './TaskPages.tsx';

/** An inbox: what is to do, live, and what was done. One's own at first, if one is a person of the practice. */
export function Tasks() {
  const { viewer } = usePractice();
  const [assigneeId, setAssigneeId] = useState(viewer.staffMember?.id ?? '');
  return (
    <Screen title="Tasks" aside={<Whose value={assigneeId} onChange={setAssigneeId} />}>
      {assigneeId ? (
        <div className="profile" key={assigneeId}>
          <Inbox assigneeId={assigneeId} />
          <section aria-labelledby="done">
            <h2 id="done" tabIndex={-1}>
              Done
            </h2>
            <TaskPages filter={{ assigneeId, status: ['DONE'] }} nothing="Nothing is done yet." />
          </section>
        </div>
      ) : (
        <p className="hint">Choose whose tasks to look at.</p>
      )}
    </Screen>
  );
}

function Inbox({ assigneeId }: { assigneeId: string }) {
  const [{ data, error }, again] = useSubscription({ query: WatchInboxDocument, variables: { assigneeId } });
  return (
    <section aria-labelledby="open">
      <h2 id="open" tabIndex={-1}>
        To do{data && ` (${data.taskInbox.openCount})`}
      </h2>
      <Loaded asked={{ data, error, again }}>
        {({ taskInbox: { tasks, openCount } }) => (
          <>
            {tasks.length > 0 ? <TaskList tasks={tasks} /> : <p className="hint">There is nothing to do.</p>}
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
        {!value && <option value="">choose a person</option>}
        {people.map(({ id, name }) => (
          <option key={id} value={id}>
            {id === viewer.staffMember?.id ? `${name} (you)` : name}
          </option>
        ))}
      </select>
    </label>
  );
}
