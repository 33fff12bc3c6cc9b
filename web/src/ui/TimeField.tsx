import type { Time } from '@internationalized/date';
import { TimeField as AriaTimeField, DateInput, DateSegment, Label } from 'react-aria-components';

interface Props {
  label: string;
  value: Time;
  onChange(value: Time): void;
}

/** A time of the day, to the minute. */
export function TimeField({ label, value, onChange }: Props) {
  return (
    <AriaTimeField className="field" value={value} onChange={(time) => time && onChange(time)} isRequired>
      <Label>{label}</Label>
      <DateInput className="segments">{(segment) => <DateSegment segment={segment} />}</DateInput>
    </AriaTimeField>
  );
}
