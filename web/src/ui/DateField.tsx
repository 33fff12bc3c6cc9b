import type { CalendarDate } from '@internationalized/date';
import {
  Button,
  Calendar,
  CalendarCell,
  CalendarGrid,
  DateInput,
  DatePicker,
  type DatePickerProps,
  DateSegment,
  Dialog,
  FieldError,
  Group,
  Heading,
  Label,
  Popover,
} from 'react-aria-components';

interface Props extends Omit<DatePickerProps<CalendarDate>, 'children'> {
  label: string;
  problem?: string | undefined;
}

/** A calendar date to type or to pick; heavy, so for parts that are loaded when they are needed. */
export function DateField({ label, problem, ...props }: Props) {
  return (
    <DatePicker {...props} className="field" isInvalid={Boolean(problem)}>
      <Label>{label}</Label>
      <Group className="segments">
        <DateInput>{(segment) => <DateSegment segment={segment} />}</DateInput>
        <Button aria-label={`Pick: ${label}`}>▾</Button>
      </Group>
      <FieldError>{problem}</FieldError>
      <Popover className="popover">
        <Dialog>
          <Calendar>
            <header className="row">
              <Button slot="previous" aria-label="Month before">
                ‹
              </Button>
              <Heading />
              <Button slot="next" aria-label="Month after">
                ›
              </Button>
            </header>
            <CalendarGrid>{(date) => <CalendarCell date={date} />}</CalendarGrid>
          </Calendar>
        </Dialog>
      </Popover>
    </DatePicker>
  );
}
