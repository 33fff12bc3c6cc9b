import { TaskPages } from '../tasks/TaskPages.tsx';

/** All tasks about a client, whoever's they are and whatever became of them. */
export function ClientTasks({ id }: { id: string }) {
  return (
    <section aria-labelledby="tasks">
      <h2 id="tasks" tabIndex={-1}>
        Tasks
      </h2>
      <TaskPages filter={{ clientId: id }} nothing="There is no task about this client." showsClient={false} />
    </section>
  );
}
