import { useState } from 'react';
import { DayDocument, type DayQuery } from '../../graphql.ts';
import { go, hrefOf } from '../../place/place.ts';
import { useFresh } from '../../session/changes.tsx';
import { usePractice } from '../../session/practice.tsx';
import { Clocks } from '../../ui/Clocks.tsx';
import { daysAfter } from '../../ui/dates.ts';
import { Loaded } from '../../ui/Loaded.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { BookButton, type Booked } from '../booking/BookButton.tsx';
import { AnotherDay } from './AnotherDay.tsx';
import { Row } from './Row.tsx';

/** The appointments of one day, today's unless another is named; kept up to date. */
export function Day({ day }: { day: string | null }) {
  const { today, dates } = usePractice();
  const shown = day ?? today;
  const [booked, setBooked] = useState<Booked | null>(null);
  return (
    <Screen title={dates.longDate(shown)} aside={<Turning shown={shown} onBooked={setBooked} />}>
      {booked && booked.day !== shown && <BookedElsewhere {...booked} />}
      <Clocks at={`${shown}T12:00Z`} />
      <Page key={shown} day={shown} after={null} />
    </Screen>
  );
}

/** It is on no list that is in sight; who booked it may be in the midst of today's. */
function BookedElsewhere({ name, day }: Booked) {
  const { today, dates } = usePractice();
  const screen = { name: 'day', day: day === today ? null : day } as const;
  return (
    <p className="notice">
      Booked for {name} on <a href={hrefOf({ screen, appointment: null })}>{dates.longDate(day)}</a>.
    </p>
  );
}

function Turning({ shown, onBooked }: { shown: string; onBooked(booked: Booked): void }) {
  const { today } = usePractice();
  const to = (day: string) => hrefOf({ screen: { name: 'day', day: day === today ? null : day }, appointment: null });
  return (
    <div className="row">
      <a className="button" href={to(daysAfter(shown, -1))}>
        Day before
      </a>
      <a className="button" href={to(today)} aria-current={shown === today ? 'date' : undefined}>
        Today
      </a>
      <a className="button" href={to(daysAfter(shown, 1))}>
        Day after
      </a>
      <AnotherDay shown={shown} onPick={(day) => go({ screen: { name: 'day', day }, appointment: null })} />
      <BookButton day={shown} onBooked={onBooked} />
    </div>
  );
}

/** A hundred appointments, and those after them when they are asked for. */
function Page({ day, after }: { day: string; after: string | null }) {
  const asked = useFresh(DayDocument, { day, after });
  return <Loaded asked={asked}>{({ appointments }) => <List day={day} page={appointments} />}</Loaded>;
}

function List({ day, page }: { day: string; page: DayQuery['appointments'] }) {
  const [isOpen, setIsOpen] = useState(false);
  const { endCursor, hasNextPage } = page.pageInfo;
  if (page.nodes.length === 0) return <p className="hint">Nothing is booked on this day.</p>;
  return (
    <>
      <ul className="appointments">
        {page.nodes.map((appointment) => (
          <Row key={appointment.id} day={day} appointment={appointment} />
        ))}
      </ul>
      {hasNextPage && isOpen && <Page day={day} after={endCursor ?? null} />}
      {hasNextPage && !isOpen && (
        <button type="button" onClick={() => setIsOpen(true)}>
          Show more
        </button>
      )}
    </>
  );
}
