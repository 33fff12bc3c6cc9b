import type { ReactNode } from 'react';
import { connection } from '../api/connection.ts';
import { useStore } from '../store.ts';

/** What is kept up to date by a subscription: marked while it may have changed unseen. */
export function Watched({ children }: { children: ReactNode }) {
  const isLost = useStore(connection) === 'lost';
  return (
    <div className="watched" data-stale={isLost}>
      {isLost && <p className="stale">As it stood when the connection was lost.</p>}
      {children}
    </div>
  );
}
