import { makeStore, useStore } from '../store.ts';

const said = makeStore({ text: '', turn: 0 });

/** Have a screen reader say it when it has finished its sentence. */
export function announce(text: string): void {
  said.set({ text, turn: said.get().turn + 1 });
}

/**
 * Where announcements are made; two regions take turns, so that the same words can be said twice. React Aria makes what is
 * outside of an open dialog inert, but for what is marked as an announcer.
 */
export function Announcer() {
  const { text, turn } = useStore(said);
  return (
    <div className="unseen">
      <div aria-live="polite" data-live-announcer="true">
        {turn % 2 === 0 ? text : ''}
      </div>
      <div aria-live="polite" data-live-announcer="true">
        {turn % 2 === 1 ? text : ''}
      </div>
    </div>
  );
}
