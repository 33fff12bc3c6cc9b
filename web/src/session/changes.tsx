import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react';
import { type AnyVariables, type CombinedError, type TypedDocumentNode, useQuery, useSubscription } from 'urql';
import { connection } from '../api/connection.ts';
import { isForGood } from '../api/refusals.ts';
import { ChangesDocument } from '../graphql.ts';
import { useStore } from '../store.ts';
import { onGlance } from './glances.ts';

const AGAIN_MS = 5_000;

const context = createContext(0);

/**
 * Counts the changes in the practice: the board is watched for its revision alone. An event comes for every change of
 * a client, at most one a second, and for every new day, when the revision is the same: so events are counted. What no event
 * tells of, a booking or a new client, is seen at the next glance at the page.
 */
export function ChangesProvider({ children }: { children: ReactNode }) {
  const [count, setCount] = useState(0);
  const [{ data }] = useSubscription({ query: ChangesDocument }, (events: number = 0) => events + 1);
  const more = useCallback(() => setCount((before) => before + 1), []);
  useEffect(() => {
    if (data) more();
  }, [data, more]);
  useEffect(() => onGlance(more), [more]);
  return <context.Provider value={count}>{children}</context.Provider>;
}

export interface Asked<Data> {
  data: Data | undefined;
  error: CombinedError | undefined;
  again(): void;
}

/**
 * Ask once, and again at each change in the practice and each glance; for what has no subscription of its own. What was answered stays
 * when asking again fails, which is tried again after a while; behind a lost connection, once that is back.
 */
export function useFresh<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Asked<Data> {
  const changes = useContext(context);
  const [{ data, error }, ask] = useQuery({ query, variables });
  const [kept, setKept] = useState(data);
  const again = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask]);
  const seen = useRef(changes);
  useEffect(() => {
    if (seen.current === changes) return;
    seen.current = changes;
    again();
  }, [changes, again]);
  const isLost = useStore(connection) === 'lost';
  const isWorthwhile = error !== undefined && !isForGood(error.graphQLErrors) && !isLost;
  useEffect(() => {
    if (!isWorthwhile) return;
    const timer = setTimeout(again, AGAIN_MS);
    return () => clearTimeout(timer);
  }, [isWorthwhile, error, again]);
  if (data && data !== kept) setKept(data);
  return { data: data ?? (error ? kept : undefined), error, again };
}
