import { daysAfter, isDay, LAST_DAY, monthsAfter } from '../../ui/dates.ts';
import { Field } from '../../ui/Field.tsx';

interface Props {
  begin: string;
  value: string;
  problem: string | undefined;
  onChange(day: string): void;
}

/** The end date, with the ones that are asked for most. */
export function EndDateField({ begin, value, problem, onChange }: Props) {
  const presets: (readonly [string, string])[] = isDay(begin)
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
          <input
            {...control}
            type="date"
            max={LAST_DAY}
            value={value}
            onChange={({ target }) => onChange(target.value)}
          />
        )}
      </Field>
      <div className="row presets">
        {presets
          .filter(([, day]) => !day || isDay(day))
          .map(([name, day]) => (
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
