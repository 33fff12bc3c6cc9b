import {
  parseAbsolute,
  parseDate,
  parseTime,
  toCalendarDate,
  toCalendarDateTime,
  toTime,
  toZoned,
} from '@internationalized/date';
import { useState } from 'react';
import { useAction } from '../../api/actions.ts';
import { type AppointmentPartsFragment, MoveDocument } from '../../graphql.ts';
import { usePractice } from '../../session/practice.tsx';
import { LAST_DAY } from '../../ui/dates.ts';
import { Field } from '../../ui/Field.tsx';
import { Problems } from '../../ui/Notice.tsx';
import { besides, problemOf } from '../../ui/problems.ts';

/** Another day and time, as the practice's clocks show them; it takes as long as before. */
export function MoveForm({ appointment, onDone }: { appointment: AppointmentPartsFragment; onDone(): void }) {
  const { dates } = usePractice();
  const begin = parseAbsolute(appointment.startsAt, dates.zone);
  const [day, setDay] = useState(toCalendarDate(begin).toString());
  const [time, setTime] = useState(toTime(begin).toString().slice(0, 5));
  const move = useAction(MoveDocument, appointment.startsAt);
  const lasts = Date.parse(appointment.endsAt) - Date.parse(appointment.startsAt);
  const submit = async () => {
    const startsAt = toZoned(toCalendarDateTime(parseDate(day), parseTime(time)), dates.zone).toDate();
    const endsAt = new Date(startsAt.getTime() + lasts);
    const input = { appointmentId: appointment.id, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() };
    if (await move.run({ input })) onDone();
  };
  return (
    <form
      className="panel form"
      aria-label="Move the appointment"
      onSubmit={(event) => {
        event.preventDefault();
        if (!move.isRunning) void submit();
      }}
    >
      <div className="pair">
        <Field label="Day" problem={problemOf(move.problems, 'startsAt')}>
          {(control) => (
            <input
              {...control}
              type="date"
              required
              max={LAST_DAY}
              value={day}
              onChange={({ target }) => setDay(target.value)}
            />
          )}
        </Field>
        <Field label="Time" hint={`As clocks show it in ${dates.zone}.`}>
          {(control) => (
            <input {...control} type="time" required value={time} onChange={({ target }) => setTime(target.value)} />
          )}
        </Field>
      </div>
      <Problems problems={besides(move.problems, ['startsAt'])} />
      <div className="row end">
        <button type="submit" className="primary" aria-disabled={move.isRunning || undefined}>
          Move
        </button>
      </div>
    </form>
  );
}
