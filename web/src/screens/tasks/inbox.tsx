import { createContext, type ReactNode, useContext } from 'react';
import { useSubscription } from 'urql';
import { WatchInboxDocument, type WatchInboxSubscription } from '../../graphql.ts';
import type { Asked } from '../../session/changes.tsx';
import { usePractice } from '../../session/practice.tsx';
import { Noticed } from '../../ui/Noticed.tsx';
import { useArrivals } from './useArrivals.ts';

type Watched = Asked<WatchInboxSubscription>;

const context = createContext<Watched | null>(null);

/** Watches the inbox of who is signed in, on every screen; what comes into it is said. */
export function OwnInbox({ children }: { children: ReactNode }) {
  const own = useWatched(usePractice().viewer.staffMember?.id);
  useArrivals(own.data?.taskInbox, true);
  return <context.Provider value={own}>{children}</context.Provider>;
}

/** Watch a person's inbox. One's own is watched already. */
export function useInbox(assigneeId: string): Watched & { isOwn: boolean } {
  const own = useContext(context);
  const isOwn = assigneeId === usePractice().viewer.staffMember?.id;
  const other = useWatched(isOwn ? undefined : assigneeId);
  return { ...(isOwn && own ? own : other), isOwn };
}

/** How many tasks are to do for who is signed in; nothing when there are none. */
export function OwnCount() {
  const count = useContext(context)?.data?.taskInbox.openCount;
  if (count === undefined) return null;
  return (
    <>
      {' '}
      <Noticed className="chip">{count > 0 ? String(count) : ''}</Noticed>
      {count > 0 && <span className="unseen"> to do</span>}
    </>
  );
}

function useWatched(assigneeId: string | undefined): Watched {
  const query = { query: WatchInboxDocument, variables: { assigneeId }, pause: !assigneeId };
  const [{ data, error }, again] = useSubscription(query);
  return { data, error, again };
}
