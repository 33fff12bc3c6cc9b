import { useState } from 'react';
import type { ClientPartsFragment } from '../../graphql.ts';
import { usePractice } from '../../session/practice.tsx';
import { BookButton } from '../booking/BookButton.tsx';
import { ClientDialog } from '../clients/ClientDialog.tsx';

/** What is known of a client beside the sessions, and what can be done for them. */
export function Details({ client }: { client: ClientPartsFragment }) {
  const { mayChange } = usePractice();
  const [isEditing, setIsEditing] = useState(false);
  return (
    <section className="details" aria-label="Details">
      <dl>
        <dt>Id elsewhere</dt>
        <dd>{client.externalId ?? 'none'}</dd>
      </dl>
      {mayChange.appointments && (
        <div className="row">
          <button type="button" onClick={() => setIsEditing(true)}>
            Edit client
          </button>
          <BookButton client={client} />
        </div>
      )}
      {isEditing && <ClientDialog client={client} onClose={() => setIsEditing(false)} />}
    </section>
  );
}
