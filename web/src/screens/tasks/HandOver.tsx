import type { Action } from '../../api/actions.ts';
import { type ReassignTaskMutationVariables, StaffDocument, type TaskPartsFragment } from '../../graphql.ts';
import { useFresh } from '../../session/changes.tsx';
import { announce } from '../../ui/Announcer.tsx';

interface Props {
  task: TaskPartsFragment;
  title: string;
  reassign: Action<ReassignTaskMutationVariables>;
}

/** Whose task it is; another person can be chosen. */
export function HandOver({ task: { id, assignee }, title, reassign }: Props) {
  const people = useFresh(StaffDocument, {}).data?.staff.nodes ?? [];
  const handOver = async (assigneeId: string) => {
    const name = people.find((person) => person.id === assigneeId)?.name;
    if (await reassign.run({ input: { taskId: id, assigneeId } })) announce(`Handed to ${name}: ${title}.`);
  };
  return (
    <select
      aria-label={`Hand over: ${title}`}
      value={assignee.id}
      aria-disabled={reassign.isRunning || undefined}
      onChange={({ target }) => reassign.isRunning || void handOver(target.value)}
    >
      {people
        .filter((person) => person.active || person.id === assignee.id)
        .map((person) => (
          <option key={person.id} value={person.id}>
            {person.name}
          </option>
        ))}
      {people.length === 0 && <option value={assignee.id}>{assignee.name}</option>}
    </select>
  );
}
