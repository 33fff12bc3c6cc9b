import { useRef, useState } from 'react';
import { useAction } from '../../api/actions.ts';
import { type ClientPartsFragment, ReorderTrackersDocument } from '../../graphql.ts';
import { usePractice } from '../../session/practice.tsx';
import { Problems } from '../../ui/Notice.tsx';
import { RemoveTracker } from './RemoveTracker.tsx';
import { TrackerCard } from './TrackerCard.tsx';
import { AddTracker, EditTracker } from './TrackerDialog.tsx';
import { useAnnouncedChanges } from './useAnnouncedChanges.ts';
import { useReordering } from './useReordering.ts';
import { MOST_TRACKERS, type Tracker } from './words.ts';

type Open = { dialog: 'add' } | { dialog: 'edit' | 'remove'; tracker: Tracker };

/** A client's trackers in their order, live; to add, edit, remove and put in another order. */
export function Trackers({ client: { id, trackers } }: { client: ClientPartsFragment }) {
  const { mayChange } = usePractice();
  const [open, setOpen] = useState<Open | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const ids = trackers.map((tracker) => tracker.id);
  const reorder = useAction(ReorderTrackersDocument, ids.join());
  const reordering = useReordering(ids, (trackerIds) => reorder.run({ input: { clientId: id, trackerIds } }));
  useAnnouncedChanges(trackers);
  const shown = reordering.order.flatMap((each) => trackers.find((tracker) => tracker.id === each) ?? []);
  const close = () => setOpen(null);
  return (
    <section className="trackers" aria-labelledby="trackers">
      <header className="section-head">
        <h2 id="trackers" ref={heading} tabIndex={-1}>
          Trackers
        </h2>
        {mayChange.trackers && (
          <Add isFull={trackers.length >= MOST_TRACKERS} onPress={() => setOpen({ dialog: 'add' })} />
        )}
      </header>
      <Problems problems={reorder.problems} />
      {shown.length === 0 && <p className="hint">No tracker is set: sessions are not limited.</p>}
      <ul className="cards">
        {shown.map((tracker) => (
          <TrackerCard
            key={tracker.id}
            tracker={tracker}
            reordering={reordering}
            onEdit={() => setOpen({ dialog: 'edit', tracker })}
            onRemove={() => setOpen({ dialog: 'remove', tracker })}
          />
        ))}
      </ul>
      {open?.dialog === 'add' && <AddTracker clientId={id} others={trackers} onClose={close} />}
      {open?.dialog === 'edit' && (
        <EditTracker tracker={trackers.find((each) => each.id === open.tracker.id) ?? open.tracker} onClose={close} />
      )}
      {open?.dialog === 'remove' && (
        <RemoveTracker tracker={open.tracker} onClose={close} onRemoved={() => heading.current?.focus()} />
      )}
    </section>
  );
}

/** Stays in reach of the keyboard when it is full, so that the reason is read out. */
function Add({ isFull, onPress }: { isFull: boolean; onPress(): void }) {
  return (
    <div className="row">
      {isFull && (
        <span id="full" className="hint">
          A client has at most {MOST_TRACKERS} trackers: remove one to add another.
        </span>
      )}
      <button
        type="button"
        className="primary"
        aria-disabled={isFull || undefined}
        aria-describedby={isFull ? 'full' : undefined}
        onClick={isFull ? undefined : onPress}
      >
        + add tracker
      </button>
    </div>
  );
}
