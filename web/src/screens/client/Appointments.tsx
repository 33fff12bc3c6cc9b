import { useState } from 'react';
import { ClientAppointmentsDocument, type ClientAppointmentsQuery } from '../../graphql.ts';
import { hrefOf } from '../../place/place.ts';
import { useFresh } from '../../session/changes.tsx';
import { usePractice } from '../../session/practice.tsx';
import { daysAfter } from '../../ui/dates.ts';
import { Loaded } from '../../ui/Loaded.tsx';
import { More } from '../../ui/More.tsx';
import { STATUS_NAMES } from '../appointment/words.ts';

type Booked = NonNullable<ClientAppointmentsQuery['client']>['appointments']['nodes'][number];

const DAYS_BACK = 60;

/** A client's sessions, the last ones and those to come; each opens its dialog. */
export function Appointments({ id }: { id: string }) {
  const { today, dates } = usePractice();
  const [daysBack, setDaysBack] = useState(DAYS_BACK);
  const from = daysAfter(today, -daysBack);
  return (
    <section aria-labelledby="appointments">
      <header className="section-head">
        <h2 id="appointments">Appointments</h2>
        <div className="row">
          <span className="hint">since {dates.date(from)}</span>
          <button type="button" onClick={() => setDaysBack(daysBack * 4)}>
            Earlier ones
          </button>
        </div>
      </header>
      <Page key={from} id={id} from={from} after={null} />
    </section>
  );
}

function Page({ id, from, after }: { id: string; from: string; after: string | null }) {
  const asked = useFresh(ClientAppointmentsDocument, { id, from, after });
  return (
    <Loaded asked={asked}>
      {({ client }) => {
        if (!client) return null;
        const { nodes, pageInfo } = client.appointments;
        if (nodes.length === 0) return <p className="hint">Nothing is booked.</p>;
        return (
          <>
            <ul className="appointments sessions">
              {nodes.map((appointment) => (
                <Row key={appointment.id} clientId={id} appointment={appointment} />
              ))}
            </ul>
            <More pageInfo={pageInfo}>{(next) => <Page id={id} from={from} after={next} />}</More>
          </>
        );
      }}
    </Loaded>
  );
}

function Row({ clientId, appointment }: { clientId: string; appointment: Booked }) {
  const { today, dates } = usePractice();
  const { id, startsAt, endsAt, serviceDate, status, service, practitioner } = appointment;
  return (
    <li className={`appointment ${status.toLowerCase()}`}>
      <a href={hrefOf({ screen: { name: 'client', id: clientId }, appointment: id })}>
        <span className="times">{serviceDate === today ? 'Today' : dates.date(serviceDate)}</span>
        <span>{dates.times(startsAt, endsAt)}</span>
        <span className="what">{[service, practitioner?.name].filter(Boolean).join(' · ')}</span>
        <span className="chip">{STATUS_NAMES[status]}</span>
      </a>
    </li>
  );
}
