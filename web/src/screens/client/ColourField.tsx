import { useId } from 'react';
import { shaded } from '../../ui/colours.ts';
import { COLOURS } from './trackerDraft.ts';

interface Props {
  value: string;
  problem: string | undefined;
  onChange(color: string): void;
}

/** The identifying colour: one of a few that are told apart well, or any other. */
export function ColourField({ value, problem, onChange }: Props) {
  const name = useId();
  const isOther = !COLOURS.some(([color]) => color === value.toUpperCase());
  return (
    <fieldset className="colours">
      <legend>Colour</legend>
      {COLOURS.map(([color, colourName]) => (
        <label key={color} style={shaded(color)} title={colourName}>
          <input
            type="radio"
            name={name}
            aria-label={colourName}
            checked={color === value.toUpperCase()}
            onChange={() => onChange(color)}
          />
          <span className="swatch" />
        </label>
      ))}
      <label className={isOther ? 'other chosen' : 'other'}>
        Another
        <input
          type="color"
          aria-label="Another colour"
          value={value}
          onChange={({ target }) => onChange(target.value.toUpperCase())}
        />
      </label>
      {problem && <p className="field-problem">{problem}</p>}
    </fieldset>
  );
}
