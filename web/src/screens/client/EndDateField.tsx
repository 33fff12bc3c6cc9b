import { daysAfter, monthsAfter } from '../../ui/dates.ts';
import { Field } from '../../ui/Field.tsx';

interface Props {
  begin: string;
  value: string;
  problem: string | undefined;
  onChange(day: string): void;
}

/** The end date, with the ones that are asked for most. */
export function EndDateField({ begin, value, problem, onChange }: Props) {
  const presets: readonly [string, string][] = begin
    ? [
        ['One year', daysAfter(monthsAfter(begin, 12), -1)],
        ['End of the year', `${begin.slice(0, 4)}-12-31`],
        ['None', ''],
      ]
    : [];
  return (
    <div>
      <Field label="End date" hint="May be left out." problem={problem}>
        {(control) => (
          <input {...control} type="date" value={value} onChange={({ target }) => onChange(target.value)} />
        )}
      </Field>
      <div className="row presets">
        {presets.map(([name, day]) => (
          <button
            key={name}
            type="button"
            className="link"
            aria-label={`End date: ${name}`}
            onClick={() => onChange(day)}
          >
            {name}
          </button>
        ))}
      </div>
    </div>
  );
}
