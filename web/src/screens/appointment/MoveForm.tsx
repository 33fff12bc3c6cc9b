import { parseAbsolute, toCalendarDate, toCalendarDateTime, toTime, toZoned } from '@internationalized/date';
import { useState } from 'react';
import { Form, I18nProvider } from 'react-aria-components';
import { useAction } from '../../api/actions.ts';
import { type AppointmentPartsFragment, MoveDocument } from '../../graphql.ts';
import { usePractice } from '../../session/practice.tsx';
import { DateField } from '../../ui/DateField.tsx';
import { Problems } from '../../ui/Notice.tsx';
import { TimeField } from '../../ui/TimeField.tsx';

/** Another day and time, as the practice's clocks show them; it takes as long as before. */
export default function MoveForm({ appointment, onDone }: { appointment: AppointmentPartsFragment; onDone(): void }) {
  const { dates } = usePractice();
  const begin = parseAbsolute(appointment.startsAt, dates.zone);
  const [date, setDate] = useState(toCalendarDate(begin));
  const [time, setTime] = useState(toTime(begin));
  const move = useAction(MoveDocument, appointment.startsAt);
  const lasts = Date.parse(appointment.endsAt) - Date.parse(appointment.startsAt);
  const submit = async () => {
    const startsAt = toZoned(toCalendarDateTime(date, time), dates.zone).toDate();
    const endsAt = new Date(startsAt.getTime() + lasts);
    const input = { appointmentId: appointment.id, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() };
    if (await move.run({ input })) onDone();
  };
  return (
    <I18nProvider locale={navigator.language}>
      <Form
        className="panel"
        aria-label="Move the appointment"
        onSubmit={(event) => {
          event.preventDefault();
          if (!move.isRunning) void submit();
        }}
      >
        <div className="row">
          <DateField label="Day" value={date} onChange={(value) => value && setDate(value)} isRequired />
          <TimeField label="Time" value={time} onChange={setTime} />
          <button type="submit" className="primary" aria-disabled={move.isRunning || undefined}>
            Move
          </button>
        </div>
        <Problems problems={move.problems} />
      </Form>
    </I18nProvider>
  );
}
