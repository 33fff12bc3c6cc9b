import { go, hrefOf, type Place, type Screen, usePlace } from './place/place.ts';
import { AppointmentDialog } from './screens/appointment/AppointmentDialog.tsx';
import { Board } from './screens/board/Board.tsx';
import { Client } from './screens/client/Client.tsx';
import { ClientPicker } from './screens/clients/ClientPicker.tsx';
import { Clients } from './screens/clients/Clients.tsx';
import { Day } from './screens/day/Day.tsx';
import { OwnCount } from './screens/tasks/inbox.tsx';
import { Tasks } from './screens/tasks/Tasks.tsx';
import { ConnectionState } from './session/ConnectionState.tsx';
import { DemoBar } from './session/DemoBar.tsx';
import { isDemo } from './session/demo.ts';
import { usePractice } from './session/practice.tsx';
import { signOut } from './session/session.ts';
import { Fallible } from './ui/Fallible.tsx';

const LINKS: readonly [Screen, string][] = [
  [{ name: 'day', day: null }, 'Day'],
  [{ name: 'clients' }, 'Clients'],
  [{ name: 'board' }, 'Board'],
  [{ name: 'tasks', whose: null }, 'Tasks'],
];

/** What is around every screen, and the dialog above it. */
export function Layout() {
  const place = usePlace();
  return (
    <>
      <button type="button" className="skip" onClick={skip}>
        Skip to the content
      </button>
      <Head current={place.screen} />
      <Fallible key={place.screen.name}>
        <Shown place={place} />
      </Fallible>
      {place.appointment && (
        <Fallible key={place.appointment}>
          <AppointmentDialog id={place.appointment} screen={place.screen} />
        </Fallible>
      )}
    </>
  );
}

function Head({ current }: { current: Screen }) {
  const { viewer } = usePractice();
  return (
    <header className="head">
      <div className="head-row">
        <strong className="practice">{viewer.practice.name}</strong>
        <nav aria-label="Screens">
          {LINKS.map(([screen, name]) => (
            <a
              key={name}
              href={hrefOf({ screen, appointment: null })}
              aria-current={current.name === screen.name ? 'page' : undefined}
            >
              {name}
              {screen.name === 'tasks' && <OwnCount />}
            </a>
          ))}
        </nav>
        <search>
          <ClientPicker
            label="Find a client"
            placeholder="Find a client"
            onPick={({ id }) => go({ screen: { name: 'client', id }, appointment: null })}
          />
        </search>
        <ConnectionState />
        {isDemo ? (
          <DemoBar />
        ) : (
          <button type="button" onClick={() => signOut()}>
            Sign out {viewer.staffMember?.name}
          </button>
        )}
      </div>
    </header>
  );
}

function Shown({ place: { screen } }: { place: Place }) {
  switch (screen.name) {
    case 'client':
      return <Client key={screen.id} id={screen.id} />;
    case 'clients':
      return <Clients />;
    case 'board':
      return <Board />;
    case 'tasks':
      return <Tasks whose={screen.whose} />;
    case 'day':
      return <Day day={screen.day} />;
  }
}

function skip(): void {
  document.querySelector<HTMLElement>('main h1')?.focus();
}
