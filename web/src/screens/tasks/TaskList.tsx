import type { TaskPartsFragment } from '../../graphql.ts';
import { useKeptFocus } from '../../ui/useKeptFocus.ts';
import { TaskRow } from './TaskRow.tsx';
import './tasks.css';

interface Props {
  tasks: readonly TaskPartsFragment[];
  showsClient?: boolean;
  /** The ids of those to be noticed. */
  arrived?: ReadonlySet<string>;
}

/** Tasks, each with what can be done with it. One that leaves the list gives the focus to the section's heading. */
export function TaskList({ tasks, showsClient = true, arrived }: Props) {
  const keepsFocus = useKeptFocus<HTMLUListElement>();
  return (
    <ul className="tasks" {...keepsFocus}>
      {tasks.map((task) => (
        <TaskRow key={task.id} task={task} showsClient={showsClient} isNew={arrived?.has(task.id) ?? false} />
      ))}
    </ul>
  );
}
