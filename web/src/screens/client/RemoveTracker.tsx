import { useAction } from '../../api/actions.ts';
import { RemoveTrackerDocument } from '../../graphql.ts';
import { announce } from '../../ui/Announcer.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { countOf } from '../appointment/words.ts';
import { nameOf, type Tracker } from './words.ts';

interface Props {
  tracker: Tracker;
  onClose(): void;
  onRemoved(): void;
}

/** Asks whether a tracker is to go. */
export function RemoveTracker({ tracker, onClose, onRemoved }: Props) {
  const remove = useAction(RemoveTrackerDocument);
  const confirm = async () => {
    if (!(await remove.run({ input: { trackerId: tracker.id } }))) return;
    onClose();
    announce('The tracker was removed.');
    setTimeout(onRemoved); // once the dialog has given the focus back
  };
  return (
    <ConfirmDialog
      title={`Remove “${nameOf(tracker)}”?`}
      confirm="Remove tracker"
      {...remove}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      <p>
        It stands at {countOf(tracker)}, and no banner will show it any more. Its history and its tasks stay; its place
        is free for another. A removed tracker cannot be brought back.
      </p>
    </ConfirmDialog>
  );
}
