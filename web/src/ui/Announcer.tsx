import { makeStore, useStore } from '../store.ts';

interface Said {
  text: string;
  turn: number;
}

const KEPT = 3;

const said = makeStore<readonly Said[]>([]);

/** Have a screen reader say it when it has finished its sentence. */
export function announce(text: string): void {
  const last = said.get();
  said.set([...last, { text, turn: (last.at(-1)?.turn ?? 0) + 1 }].slice(-KEPT));
}

/**
 * Where announcements are made: each is an element of its own, so that the same words can be said twice, and several things
 * at once. React Aria makes what is outside of an open dialog inert, but for what is marked as an announcer.
 */
export function Announcer() {
  return (
    <div className="unseen" aria-live="polite" data-live-announcer="true">
      {useStore(said).map(({ text, turn }) => (
        <p key={turn}>{text}</p>
      ))}
    </div>
  );
}
