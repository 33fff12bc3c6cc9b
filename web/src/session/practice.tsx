import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { type Role, ViewerDocument, type ViewerQuery } from '../graphql.ts';
import { type Dates, datesIn } from '../ui/dates.ts';
import { Loaded } from '../ui/Loaded.tsx';
import { useFresh } from './changes.tsx';

type Viewer = ViewerQuery['viewer'];

/** Who is signed in, and where; `dates` writes in the practice's zone. */
export interface Practice {
  viewer: Viewer;
  today: string;
  dates: Dates;
  mayChange: { appointments: boolean; trackers: boolean };
}

const MAY_CHANGE: Record<Role, Practice['mayChange']> = {
  ADMIN: { appointments: true, trackers: true },
  STAFF: { appointments: true, trackers: true },
  INTEGRATION: { appointments: true, trackers: false },
  READ_ONLY: { appointments: false, trackers: false },
};

const context = createContext<Practice | null>(null);

export function usePractice(): Practice {
  const practice = useContext(context);
  if (!practice) throw new Error('This is shown to people who are signed in.');
  return practice;
}

export function PracticeProvider({ children }: { children: ReactNode }) {
  const asked = useFresh(ViewerDocument, {});
  return (
    <Loaded asked={asked} isMarked={false}>
      {({ viewer }) => <Inside viewer={viewer}>{children}</Inside>}
    </Loaded>
  );
}

function Inside({ viewer, children }: { viewer: Viewer; children: ReactNode }) {
  const { timeZone, today } = viewer.practice;
  const dates = useMemo(() => datesIn(timeZone), [timeZone]);
  const practice = useMemo(
    () => ({ viewer, today, dates, mayChange: MAY_CHANGE[viewer.role] }),
    [viewer, today, dates],
  );
  return <context.Provider value={practice}>{children}</context.Provider>;
}
