import { useAction } from '../../api/actions.ts';
import { ReassignTaskDocument, StaffDocument, type TaskPartsFragment } from '../../graphql.ts';
import { useFresh } from '../../session/changes.tsx';
import { announce } from '../../ui/Announcer.tsx';
import { Problems } from '../../ui/Notice.tsx';

/** Whose task it is; another person can be chosen. */
export function HandOver({ task: { id, title, assignee } }: { task: TaskPartsFragment }) {
  const people = useFresh(StaffDocument, {}).data?.staff.nodes ?? [];
  const reassign = useAction(ReassignTaskDocument, assignee.id);
  const handOver = async (assigneeId: string) => {
    const name = people.find((person) => person.id === assigneeId)?.name;
    if (await reassign.run({ input: { taskId: id, assigneeId } })) announce(`Handed to ${name}: ${title}.`);
  };
  return (
    <>
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
      <Problems problems={reassign.problems} />
    </>
  );
}
