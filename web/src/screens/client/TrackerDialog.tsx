import { useState } from 'react';
import { useAction } from '../../api/actions.ts';
import { CreateTrackerDocument, UpdateTrackerDocument } from '../../graphql.ts';
import { usePractice } from '../../session/practice.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { TrackerFields } from './TrackerFields.tsx';
import { changesIn, draftOf, FIELDS, newDraft, settingsOf } from './trackerDraft.ts';
import { nameOf, type Tracker } from './words.ts';

interface AddProps {
  clientId: string;
  others: readonly Tracker[];
  onClose(): void;
}

/** A new tracker on a client. */
export function AddTracker({ clientId, others, onClose }: AddProps) {
  const { viewer, today } = usePractice();
  const [draft, setDraft] = useState(() => newDraft(today, others, viewer.staffMember?.id ?? ''));
  const create = useAction(CreateTrackerDocument);
  const submit = async () => {
    if (await create.run({ input: { clientId, ...settingsOf(draft) } })) onClose();
  };
  return (
    <FormDialog
      title="Add a tracker"
      submit="Add tracker"
      {...create}
      fields={FIELDS}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <TrackerFields draft={draft} problems={create.problems} onChange={setDraft} />
    </FormDialog>
  );
}

/** The settings of a tracker; what somebody else edited meanwhile is not written over. */
export function EditTracker({ tracker, onClose }: { tracker: Tracker; onClose(): void }) {
  const { viewer } = usePractice();
  const [opened] = useState(tracker);
  const [before] = useState(() => draftOf(tracker, viewer.staffMember?.id ?? ''));
  const [draft, setDraft] = useState(before);
  const update = useAction(UpdateTrackerDocument);
  const submit = async () => {
    const input = { trackerId: opened.id, expectedUpdatedAt: opened.updatedAt, ...changesIn(draft, before) };
    if (await update.run({ input })) onClose();
  };
  return (
    <FormDialog
      title={`Edit ${nameOf(opened)}`}
      submit="Save"
      {...update}
      fields={FIELDS}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <TrackerFields
        draft={draft}
        problems={update.problems}
        formerAssignee={opened.taskRule?.assignee}
        onChange={setDraft}
      />
      <p className="hint">A change applies to the current period. Periods that are over keep what they had.</p>
    </FormDialog>
  );
}
