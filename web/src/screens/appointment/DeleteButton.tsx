import { useState } from 'react';
import { useAction } from '../../api/actions.ts';
import { type AppointmentPartsFragment, DeleteDocument } from '../../graphql.ts';
import { announce } from '../../ui/Announcer.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';

interface Props {
  appointment: AppointmentPartsFragment;
  onDeleted(): void;
}

/** Takes an appointment off the record, once that was confirmed. */
export function DeleteButton({ appointment: { id, client }, onDeleted }: Props) {
  const [isAsked, setIsAsked] = useState(false);
  const remove = useAction(DeleteDocument);
  const confirm = async () => {
    if (!(await remove.run({ input: { appointmentId: id } }))) return;
    announce('The appointment was deleted.');
    onDeleted();
  };
  return (
    <>
      <button type="button" onClick={() => setIsAsked(true)}>
        Delete …
      </button>
      {isAsked && (
        <ConfirmDialog
          title={`Delete this appointment of ${client.name}?`}
          confirm="Delete appointment"
          {...remove}
          onConfirm={() => void confirm()}
          onClose={() => setIsAsked(false)}
        >
          <p>
            It is taken off the record, and a session that counted counts no more. For one that did not take place, say
            that it was missed or cancelled instead. What is deleted cannot be brought back.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
