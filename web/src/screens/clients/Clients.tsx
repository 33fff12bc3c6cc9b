import { useState } from 'react';
import { ClientsDocument, type ClientsQuery } from '../../graphql.ts';
import { hrefOf } from '../../place/place.ts';
import { useFresh } from '../../session/changes.tsx';
import { usePractice } from '../../session/practice.tsx';
import { Loaded } from '../../ui/Loaded.tsx';
import { More } from '../../ui/More.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { useSettled } from '../../ui/useSettled.ts';
import { BriefCount } from '../appointment/BriefCount.tsx';
import { ClientDialog } from './ClientDialog.tsx';
import './clients.css';

type ListedClient = ClientsQuery['clients']['nodes'][number];

/** The practice's clients by name, all or those that fit a search. */
export function Clients() {
  const { mayChange } = usePractice();
  const [typed, setTyped] = useState('');
  const [isAdding, setIsAdding] = useState(false);
  const search = useSettled(typed.trim()) || null;
  return (
    <Screen
      title="Clients"
      aside={
        mayChange.appointments && (
          <button type="button" className="primary" onClick={() => setIsAdding(true)}>
            + new client
          </button>
        )
      }
    >
      <div className="field filter">
        <label htmlFor="filter">Part of a name, or a whole id elsewhere</label>
        <input id="filter" type="search" value={typed} onChange={({ target }) => setTyped(target.value)} />
      </div>
      <Page key={search} search={search} after={null} />
      {isAdding && <ClientDialog onSaved={setTyped} onClose={() => setIsAdding(false)} />}
    </Screen>
  );
}

function Page({ search, after }: { search: string | null; after: string | null }) {
  const asked = useFresh(ClientsDocument, { search, after });
  return (
    <Loaded asked={asked}>
      {({ clients: { nodes, pageInfo } }) =>
        nodes.length === 0 ? (
          <p className="hint">{search ? 'No client is found.' : 'There is no client yet.'}</p>
        ) : (
          <>
            <ul className="clients">
              {nodes.map((client) => (
                <Row key={client.id} client={client} />
              ))}
            </ul>
            <More pageInfo={pageInfo}>{(next) => <Page search={search} after={next} />}</More>
          </>
        )
      }
    </Loaded>
  );
}

function Row({ client: { id, name, externalId, trackers } }: { client: ListedClient }) {
  const shown = trackers.filter(({ state }) => state !== 'UPCOMING');
  return (
    <li className="client">
      <a href={hrefOf({ screen: { name: 'client', id }, appointment: null })}>
        <span className="who">{name}</span>
        <span className="hint">{externalId}</span>
        <span className="counts">
          {shown.map((tracker) => (
            <BriefCount key={tracker.id} tracker={tracker} />
          ))}
        </span>
      </a>
    </li>
  );
}
