import { createContext, type ReactNode, useContext } from 'react';
import { connection } from '../api/connection.ts';
import { useStore } from '../store.ts';

const isMarked = createContext(false);

/** What is kept up to date: marked while it may have changed unseen. What lies in something marked is not marked too. */
export function Watched({ hasFailed = false, children }: { hasFailed?: boolean; children: ReactNode }) {
  const isLost = useStore(connection) === 'lost';
  const isInMarked = useContext(isMarked);
  const isStale = isLost || hasFailed;
  const marks = isStale && !isInMarked;
  return (
    <div className="watched" data-stale={marks}>
      {marks && (
        <p className="stale">
          {isLost ? 'As it stood when the connection was lost.' : 'As it stood before: asking again has failed.'}
        </p>
      )}
      <isMarked.Provider value={isStale || isInMarked}>{children}</isMarked.Provider>
    </div>
  );
}
