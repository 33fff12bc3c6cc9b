interface Inbox<Task> {
  openCount: number;
  tasks: readonly Task[];
}

/** The tasks that came into an inbox. One that is listed only because another was done, where more are open than listed, did not. */
export function arrivalsIn<Task extends { id: string }>(before: Inbox<Task>, now: Inbox<Task>): readonly Task[] {
  const wasWhole = before.openCount <= before.tasks.length;
  if (!wasWhole && now.openCount <= before.openCount) return [];
  const known = new Set(before.tasks.map(({ id }) => id));
  return now.tasks.filter(({ id }) => !known.has(id));
}
