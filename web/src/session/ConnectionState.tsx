import { type Connection, connection } from '../api/connection.ts';
import { useStore } from '../store.ts';

const WORDS: Record<Connection, string> = {
  connecting: 'Connecting …',
  live: 'Live',
  lost: 'Not connected: what you see may have changed. Trying again …',
};

/** Whether what is shown is live; always in sight, and read out when it changes, also while a dialog is open. */
export function ConnectionState() {
  const state = useStore(connection);
  return (
    <p className={`connection ${state}`} role="status" data-live-announcer="true">
      <span>{WORDS[state]}</span>
    </p>
  );
}
