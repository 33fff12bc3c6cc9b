import { lazy, Suspense, useState } from 'react';
import type { ClientPartsFragment } from '../../graphql.ts';
import { usePractice } from '../../session/practice.tsx';
import { ClientDialog } from '../clients/ClientDialog.tsx';

const BookingDialog = lazy(() => import('../booking/BookingDialog.tsx'));

/** What is known of a client beside the sessions, and what can be done for them. */
export function Details({ client }: { client: ClientPartsFragment }) {
  const { mayChange } = usePractice();
  const [open, setOpen] = useState<'edit' | 'book' | null>(null);
  const close = () => setOpen(null);
  return (
    <section className="details" aria-label="Details">
      <dl>
        <dt>Name</dt>
        <dd>{client.name}</dd>
        <dt>Id elsewhere</dt>
        <dd>{client.externalId ?? 'none'}</dd>
      </dl>
      {mayChange.appointments && (
        <div className="row">
          <button type="button" onClick={() => setOpen('edit')}>
            Edit client
          </button>
          <button type="button" onClick={() => setOpen('book')}>
            Book a session
          </button>
        </div>
      )}
      {open === 'edit' && <ClientDialog client={client} onClose={close} />}
      {open === 'book' && (
        <Suspense>
          <BookingDialog client={client} onClose={close} />
        </Suspense>
      )}
    </section>
  );
}
