import { useEffect, useRef, useState } from 'react';
import type { WatchInboxSubscription } from '../../graphql.ts';
import { usePractice } from '../../session/practice.tsx';
import { announce } from '../../ui/Announcer.tsx';
import { arrivalsIn } from './arrivals.ts';
import { titleOf } from './words.ts';

/** The ids of the tasks that came last into an inbox that was looked at already; they are said on request. */
export function useArrivals(
  inbox: WatchInboxSubscription['taskInbox'] | undefined,
  isSaid: boolean,
): ReadonlySet<string> {
  const { dates } = usePractice();
  const known = useRef(inbox);
  const [arrived, setArrived] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const news = known.current && inbox ? arrivalsIn(known.current, inbox) : [];
    known.current = inbox;
    if (news.length === 0) return;
    setArrived(new Set(news.map(({ id }) => id)));
    if (isSaid) announce(news.map((task) => `To do: ${titleOf(task, dates)}.`).join(' '));
  }, [inbox, isSaid, dates]);
  return arrived;
}
