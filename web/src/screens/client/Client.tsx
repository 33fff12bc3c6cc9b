import { useEffect, useState } from 'react';
import { useSubscription } from 'urql';
import { ClientDocument, type ClientPartsFragment, WatchClientDocument } from '../../graphql.ts';
import { useFresh } from '../../session/changes.tsx';
import { Loaded } from '../../ui/Loaded.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { Appointments } from './Appointments.tsx';
import './client.css';
import { ClientTasks } from './ClientTasks.tsx';
import { Details } from './Details.tsx';
import { Trackers } from './Trackers.tsx';

/** A client's profile: main details, trackers, appointments and tasks, all as they are now. */
export function Client({ id }: { id: string }) {
  const asked = useFresh(ClientDocument, { id });
  return (
    <Screen title={asked.data?.client?.name ?? 'Client'}>
      <Loaded asked={asked}>
        {({ client }) =>
          client ? (
            <Profile client={client} onNews={asked.again} />
          ) : (
            <Notice kind="problem">There is no such client in this practice.</Notice>
          )
        }
      </Loaded>
    </Screen>
  );
}

function Profile({ client, onNews }: { client: ClientPartsFragment; onNews(): void }) {
  const watched = useWatched(client, onNews);
  return (
    <div className="sections">
      <Details client={watched} />
      <Trackers client={watched} />
      <Appointments id={watched.id} />
      <ClientTasks id={watched.id} />
    </div>
  );
}

/**
 * Watch the client from the revision that the query brought; an answer that was overtaken on its way is left aside. When
 * it cannot be watched any more, what became of it is asked for.
 */
function useWatched(client: ClientPartsFragment, onEnd: () => void): ClientPartsFragment {
  const [knownRevision] = useState(client.revision);
  const [newest, setNewest] = useState(client);
  const [{ error }] = useSubscription({
    query: WatchClientDocument,
    variables: { clientId: client.id, knownRevision },
  });
  useEffect(() => {
    if (error) onEnd();
  }, [error, onEnd]);
  if (client !== newest && client.revision >= newest.revision) setNewest(client);
  return newest;
}
