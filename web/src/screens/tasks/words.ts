import type { TaskPartsFragment, TaskStatus } from '../../graphql.ts';
import { type Dates, isDay } from '../../ui/dates.ts';

export const TASK_STATUS_NAMES: Record<TaskStatus, string> = {
  OPEN: 'To do',
  DONE: 'Done',
  WITHDRAWN: 'Withdrawn',
};

/**
 * A task's title, with the date that it names as the reader writes dates. The title tells the limit and the date that were
 * reached; those that the tracker has now may be others.
 */
export function titleOf({ title, reason }: Pick<TaskPartsFragment, 'title' | 'reason'>, dates: Dates): string {
  if (reason !== 'END_DATE') return title;
  return title.replace(/\d{4}-\d{2}-\d{2}/, (day) => (isDay(day) ? dates.date(day) : day));
}
