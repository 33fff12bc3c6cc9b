import { StaffDocument, type TaskTrigger } from '../../graphql.ts';
import { useFresh } from '../../session/changes.tsx';
import { Field } from '../../ui/Field.tsx';
import type { TrackerDraft } from './trackerDraft.ts';
import { TRIGGER_NAMES } from './words.ts';

export interface Person {
  id: string;
  name: string;
}

interface Props {
  draft: TrackerDraft;
  problem: string | undefined;
  /** Who has the task now, perhaps no longer active. */
  former: Person | undefined;
  onChange(changes: Partial<TrackerDraft>): void;
}

/** Whether a task is created, when, and for whom. */
export function TaskRuleFields({ draft, problem, former, onChange }: Props) {
  const people = useFresh(StaffDocument, {}).data?.staff.nodes ?? [];
  const active = people.filter((person) => person.active);
  const isGone = former && people.length > 0 && !active.some(({ id }) => id === former.id);
  return (
    <>
      <Field label="Create a task">
        {(control) => (
          <select
            {...control}
            value={draft.trigger}
            onChange={({ target }) => onChange({ trigger: target.value as TaskTrigger | '' })}
          >
            <option value="">no task</option>
            {Object.entries(TRIGGER_NAMES).map(([trigger, name]) => (
              <option key={trigger} value={trigger}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {draft.trigger && (
        <Field label="For" problem={problem}>
          {(control) => (
            <select
              {...control}
              required
              value={draft.assigneeId}
              onChange={({ target }) => onChange({ assigneeId: target.value })}
            >
              <option value="">choose a person</option>
              {isGone && <option value={former.id}>{former.name} (no longer active)</option>}
              {active.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
    </>
  );
}
