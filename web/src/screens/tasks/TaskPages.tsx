import { type TaskFilter, TasksDocument } from '../../graphql.ts';
import { useFresh } from '../../session/changes.tsx';
import { Loaded } from '../../ui/Loaded.tsx';
import { More } from '../../ui/More.tsx';
import { TaskList } from './TaskList.tsx';

interface Props {
  filter: TaskFilter;
  nothing: string;
  showsClient?: boolean;
  after?: string | null;
}

/** Tasks page by page, newest first. */
export function TaskPages({ filter, nothing, showsClient = true, after = null }: Props) {
  const asked = useFresh(TasksDocument, { filter, after });
  return (
    <Loaded asked={asked}>
      {({ tasks: { nodes, pageInfo } }) =>
        nodes.length === 0 ? (
          <p className="hint">{nothing}</p>
        ) : (
          <>
            <TaskList tasks={nodes} showsClient={showsClient} />
            <More pageInfo={pageInfo}>
              {(next) => <TaskPages filter={filter} nothing={nothing} showsClient={showsClient} after={next} />}
            </More>
          </>
        )
      }
    </Loaded>
  );
}
