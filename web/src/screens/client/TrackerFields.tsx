import type { Problem } from '../../api/actions.ts';
import { LAST_DAY } from '../../ui/dates.ts';
import { Field } from '../../ui/Field.tsx';
import { problemOf } from '../../ui/problems.ts';
import { ColourField } from './ColourField.tsx';
import { EndDateField } from './EndDateField.tsx';
import { type Person, TaskRuleFields } from './TaskRuleFields.tsx';
import type { TrackerDraft } from './trackerDraft.ts';

const MOST_SESSIONS = 100_000;

interface Props {
  draft: TrackerDraft;
  problems: readonly Problem[];
  formerAssignee?: Person | undefined;
  onChange(draft: TrackerDraft): void;
}

/** Every setting of a tracker, each with what is wrong with it. */
export function TrackerFields({ draft, problems, formerAssignee, onChange }: Props) {
  const change = (changes: Partial<TrackerDraft>) => onChange({ ...draft, ...changes });
  const problem = (field: string) => problemOf(problems, field);
  return (
    <>
      <Field label="Session limit" problem={problem('sessionLimit')}>
        {(control) => (
          <input
            {...control}
            type="number"
            inputMode="numeric"
            required
            max={MOST_SESSIONS}
            value={draft.sessionLimit}
            onChange={({ target }) => change({ sessionLimit: target.value })}
          />
        )}
      </Field>
      <div className="pair">
        <Field label="Begin date" problem={problem('beginDate')}>
          {(control) => (
            <input
              {...control}
              type="date"
              required
              max={LAST_DAY}
              value={draft.beginDate}
              onChange={({ target }) => change({ beginDate: target.value })}
            />
          )}
        </Field>
        <EndDateField
          begin={draft.beginDate}
          value={draft.endDate}
          problem={problem('endDate')}
          onChange={(endDate) => change({ endDate })}
        />
      </div>
      <Field label="Note" hint="Shown on the appointment's banner." problem={problem('note')}>
        {(control) => (
          <textarea
            {...control}
            rows={2}
            value={draft.note}
            onChange={({ target }) => change({ note: target.value })}
          />
        )}
      </Field>
      <ColourField value={draft.color} problem={problem('color')} onChange={(color) => change({ color })} />
      <TaskRuleFields draft={draft} problem={problem('taskRule')} former={formerAssignee} onChange={change} />
      <label className="check">
        <input
          type="checkbox"
          checked={draft.autoReset}
          onChange={({ target }) => change({ autoReset: target.checked })}
        />
        Reset automatically after the end date
      </label>
      <p className="hint">
        {draft.autoReset
          ? 'The next period begins the day after, and counts from 0.'
          : 'After its end date the tracker is expired, and is shown until somebody removes it.'}
      </p>
    </>
  );
}
