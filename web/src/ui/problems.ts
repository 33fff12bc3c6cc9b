import type { Problem } from '../api/actions.ts';

/** What is wrong with one input field, in the API's words; nothing when it is fine. `field` is "endDate" or "a.b". */
export function problemOf(problems: readonly Problem[], field: string): string | undefined {
  const found = problems.filter(({ path }) => isIn(path, field)).map(({ message }) => message);
  return found.length > 0 ? found.join(' ') : undefined;
}

/** The problems that are not told beside one of these fields. */
export function besides(problems: readonly Problem[], fields: readonly string[]): Problem[] {
  return problems.filter(({ path }) => !fields.some((field) => isIn(path, field)));
}

function isIn(path: Problem['path'], field: string): boolean {
  const told = path?.join('.') ?? '';
  return told === field || told.startsWith(`${field}.`);
}
