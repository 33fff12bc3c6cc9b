import type { Problem } from '../../api/actions.ts';
import { StaffDocument } from '../../graphql.ts';
import { useFresh } from '../../session/changes.tsx';
import { usePractice } from '../../session/practice.tsx';
import { LAST_DAY } from '../../ui/dates.ts';
import { Field } from '../../ui/Field.tsx';
import { problemOf } from '../../ui/problems.ts';

const MOST_MINUTES = 1440;

export interface BookingDraft {
  day: string;
  time: string;
  minutes: string;
  practitionerId: string;
  service: string;
}

interface Props {
  draft: BookingDraft;
  problems: readonly Problem[];
  onChange(draft: BookingDraft): void;
}

/** When, how long, what and with whom. */
export function BookingFields({ draft, problems, onChange }: Props) {
  const { dates } = usePractice();
  const people = useFresh(StaffDocument, {}).data?.staff.nodes ?? [];
  const input = (name: keyof BookingDraft) => ({
    value: draft[name],
    onChange: ({ target }: { target: { value: string } }) => onChange({ ...draft, [name]: target.value }),
  });
  return (
    <>
      <div className="pair">
        <Field label="Day" problem={problemOf(problems, 'startsAt')}>
          {(control) => <input {...control} type="date" required max={LAST_DAY} {...input('day')} />}
        </Field>
        <Field label="Time" hint={`As clocks show it in ${dates.zone}.`}>
          {(control) => <input {...control} type="time" required {...input('time')} />}
        </Field>
        <Field label="Minutes" problem={problemOf(problems, 'endsAt')}>
          {(control) => (
            <input
              {...control}
              type="number"
              inputMode="numeric"
              required
              min={1}
              max={MOST_MINUTES}
              {...input('minutes')}
            />
          )}
        </Field>
      </div>
      <Field label="Service" hint="May be left out." problem={problemOf(problems, 'service')}>
        {(control) => <input {...control} autoComplete="off" {...input('service')} />}
      </Field>
      <Field label="With" problem={problemOf(problems, 'practitionerId')}>
        {(control) => (
          <select {...control} {...input('practitionerId')}>
            <option value="">nobody in particular</option>
            {people
              .filter(({ active }) => active)
              .map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
          </select>
        )}
      </Field>
    </>
  );
}
