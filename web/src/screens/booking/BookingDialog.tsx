import { parseDate, parseTime, toCalendarDateTime, toZoned } from '@internationalized/date';
import { useState } from 'react';
import { useAction } from '../../api/actions.ts';
import { ScheduleDocument } from '../../graphql.ts';
import { usePractice } from '../../session/practice.tsx';
import { announce } from '../../ui/Announcer.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { ClientPicker } from '../clients/ClientPicker.tsx';
import type { Booked } from './BookButton.tsx';
import { BookingFields } from './BookingFields.tsx';

const FIELDS = ['clientId', 'startsAt', 'endsAt', 'practitionerId', 'service'];
const MINUTE_MS = 60_000;

interface Props {
  /** Whose session it is; to be chosen when it is nobody yet. */
  client?: { id: string; name: string };
  day?: string;
  onBooked?(booked: Booked): void;
  onClose(): void;
}

/** A session to book, as the practice's clocks show it. */
export function BookingDialog({ client: known, day, onBooked, onClose }: Props) {
  const { today, dates } = usePractice();
  const [client, setClient] = useState(known);
  const [draft, setDraft] = useState({
    day: day ?? today,
    time: '09:00',
    minutes: '45',
    practitionerId: '',
    service: '',
  });
  const schedule = useAction(ScheduleDocument);
  const submit = async () => {
    if (!client) return;
    const begin = toZoned(toCalendarDateTime(parseDate(draft.day), parseTime(draft.time)), dates.zone).toDate();
    const end = new Date(begin.getTime() + Number(draft.minutes) * MINUTE_MS);
    const input = {
      clientId: client.id,
      startsAt: begin.toISOString(),
      endsAt: end.toISOString(),
      practitionerId: draft.practitionerId || null,
      service: draft.service.trim() || null,
    };
    if (!(await schedule.run({ input }))) return;
    announce(`Booked for ${client.name} on ${dates.longDate(draft.day)}.`);
    onBooked?.({ name: client.name, day: draft.day });
    onClose();
  };
  return (
    <FormDialog
      title={client ? `Book a session for ${client.name}` : 'Book a session'}
      submit="Book"
      {...schedule}
      isRunning={schedule.isRunning || !client}
      fields={FIELDS}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {client ? null : <ClientPicker label="Client" placeholder="Name of the client" onPick={setClient} />}
      {client && <BookingFields draft={draft} problems={schedule.problems} onChange={setDraft} />}
    </FormDialog>
  );
}
