import { useState } from 'react';
import { usePractice } from '../../session/practice.tsx';
import { BookingDialog } from './BookingDialog.tsx';

/** A session that was booked: for whom, and on which day. */
export interface Booked {
  name: string;
  day: string;
}

interface Props {
  client?: { id: string; name: string };
  day?: string;
  onBooked?(booked: Booked): void;
}

/** Opens the dialog in which a session is booked, for who may do so. */
export function BookButton(props: Props) {
  const { mayChange } = usePractice();
  const [isOpen, setIsOpen] = useState(false);
  if (!mayChange.appointments) return null;
  return (
    <>
      <button type="button" onClick={() => setIsOpen(true)}>
        Book a session
      </button>
      {isOpen && <BookingDialog {...props} onClose={() => setIsOpen(false)} />}
    </>
  );
}
