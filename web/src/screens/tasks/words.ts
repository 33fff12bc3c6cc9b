import type { TaskReason, TaskStatus } from '../../graphql.ts';

export const TASK_STATUS_NAMES: Record<TaskStatus, string> = {
  OPEN: 'To do',
  DONE: 'Done',
  WITHDRAWN: 'Withdrawn',
};

export const TASK_REASON_NAMES: Record<TaskReason, string> = {
  COUNT_REACHED: 'The session limit is reached',
  END_DATE: 'The end date has come',
};
