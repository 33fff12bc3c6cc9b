import { useAction } from '../../api/actions.ts';
import {
  CompleteTaskDocument,
  ReassignTaskDocument,
  ReopenTaskDocument,
  type TaskPartsFragment,
} from '../../graphql.ts';
import { hrefOf } from '../../place/place.ts';
import { usePractice } from '../../session/practice.tsx';
import { announce } from '../../ui/Announcer.tsx';
import { shaded } from '../../ui/colours.ts';
import { Problems } from '../../ui/Notice.tsx';
import { HandOver } from './HandOver.tsx';
import { TASK_STATUS_NAMES, titleOf } from './words.ts';

interface Props {
  task: TaskPartsFragment;
  showsClient: boolean;
  isNew: boolean;
}

/** One task: what it is about, whose it is, and whether it is done. */
export function TaskRow({ task, showsClient, isNew }: Props) {
  const { dates, mayChange } = usePractice();
  const { status, createdAt, closedAt, client, assignee, tracker } = task;
  return (
    <li className={`task ${status.toLowerCase()} ${isNew ? 'changed' : ''}`} style={shaded(tracker.color)}>
      <div className="task-words">
        <p className="task-title">{titleOf(task, dates)}</p>
        <p className="hint">
          {assignee.name} · first raised {dates.moment(createdAt)}
          {closedAt && ` · ${TASK_STATUS_NAMES[status].toLowerCase()} ${dates.moment(closedAt)}`}
        </p>
        {showsClient && (
          <a href={hrefOf({ screen: { name: 'client', id: client.id }, appointment: null })}>
            Profile of {client.name}
          </a>
        )}
      </div>
      <span className="chip">{TASK_STATUS_NAMES[status]}</span>
      {mayChange.trackers && status !== 'WITHDRAWN' && <Actions task={task} />}
    </li>
  );
}

/** One button for both ways, so that it keeps the focus. */
function Actions({ task }: { task: TaskPartsFragment }) {
  const title = titleOf(task, usePractice().dates);
  const complete = useAction(CompleteTaskDocument, task.status);
  const reopen = useAction(ReopenTaskDocument, task.status);
  const reassign = useAction(ReassignTaskDocument, task.assignee.id);
  const isOpen = task.status === 'OPEN';
  const [action, name, said] = isOpen ? [complete, 'Done', 'Done'] : [reopen, 'Reopen', 'To do again'];
  const change = async () => {
    if (await action.run({ input: { taskId: task.id } })) announce(`${said}: ${title}.`);
  };
  return (
    <>
      <div className="row">
        {isOpen && <HandOver task={task} title={title} reassign={reassign} />}
        <button
          type="button"
          aria-label={`${name}: ${title}`}
          aria-disabled={action.isRunning || undefined}
          onClick={() => action.isRunning || void change()}
        >
          {name}
        </button>
      </div>
      <Problems problems={action.problems} />
      <Problems problems={reassign.problems} />
    </>
  );
}
