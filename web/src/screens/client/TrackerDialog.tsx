import { type MouseEvent, useState } from 'react';
import { useAction } from '../../api/actions.ts';
import { CreateTrackerDocument, UpdateTrackerDocument } from '../../graphql.ts';
import { usePractice } from '../../session/practice.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { TrackerFields } from './TrackerFields.tsx';
import { changesIn, draftOf, FIELDS, newDraft, rebased, settingsOf } from './trackerDraft.ts';
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

/** The settings of a tracker, which follows others' edits; those are not written over, but can be taken over. */
export function EditTracker({ tracker, onClose }: { tracker: Tracker; onClose(): void }) {
  const { viewer } = usePractice();
  const ownId = viewer.staffMember?.id ?? '';
  const [opened, setOpened] = useState(tracker);
  const before = draftOf(opened, ownId);
  const [draft, setDraft] = useState(before);
  const [hasTakenOver, setHasTakenOver] = useState(false);
  const update = useAction(UpdateTrackerDocument, opened.updatedAt);
  const isBehind = tracker.updatedAt !== opened.updatedAt && update.problems.some(({ code }) => code === 'CONFLICT');
  const takeOver = ({ currentTarget }: MouseEvent<HTMLButtonElement>) => {
    currentTarget.form?.querySelector<HTMLElement>('[type="submit"]')?.focus();
    setDraft(rebased(draft, before, draftOf(tracker, ownId)));
    setOpened(tracker);
    setHasTakenOver(true);
  };
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
      remedy={
        isBehind && (
          <div className="row">
            <button type="button" onClick={takeOver}>
              Take over the newest, and keep what I changed
            </button>
          </div>
        )
      }
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
      {hasTakenOver && !isBehind && (
        <Notice>This is the tracker as it is by now, with what you changed kept over it: look at it, and save.</Notice>
      )}
    </FormDialog>
  );
}
