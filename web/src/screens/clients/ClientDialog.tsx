import { useState } from 'react';
import { useAction } from '../../api/actions.ts';
import { CreateClientDocument, UpdateClientDocument } from '../../graphql.ts';
import { announce } from '../../ui/Announcer.tsx';
import { Field } from '../../ui/Field.tsx';
import { FormDialog } from '../../ui/FormDialog.tsx';
import { problemOf } from '../../ui/problems.ts';

const FIELDS = ['name', 'externalId'];

interface Props {
  /** Who is edited; a new client when there is none. */
  client?: { id: string; name: string; externalId?: string | null | undefined };
  onSaved?(name: string): void;
  onClose(): void;
}

/** The main details of a client, new or known. */
export function ClientDialog({ client, onSaved, onClose }: Props) {
  const [name, setName] = useState(client?.name ?? '');
  const [externalId, setExternalId] = useState(client?.externalId ?? '');
  const create = useAction(CreateClientDocument);
  const update = useAction(UpdateClientDocument);
  const { isRunning, problems } = client ? update : create;
  const submit = async () => {
    const input = { name, externalId: externalId.trim() || null };
    const done = client ? update.run({ input: { clientId: client.id, ...input } }) : create.run({ input });
    if (!(await done)) return;
    announce(client ? 'Saved.' : `${name} was added.`);
    onSaved?.(name.trim());
    onClose();
  };
  return (
    <FormDialog
      title={client ? `Edit ${client.name}` : 'New client'}
      submit={client ? 'Save' : 'Add client'}
      isRunning={isRunning}
      problems={problems}
      fields={FIELDS}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Field label="Name" problem={problemOf(problems, 'name')}>
        {(control) => (
          <input
            {...control}
            required
            autoComplete="off"
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        )}
      </Field>
      <Field
        label="Id elsewhere"
        hint="In another system, such as the practice's files. May be left out."
        problem={problemOf(problems, 'externalId')}
      >
        {(control) => (
          <input
            {...control}
            autoComplete="off"
            value={externalId}
            onChange={({ target }) => setExternalId(target.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}
