import { type KeyboardEvent, useId, useState } from 'react';
import { useQuery } from 'urql';
import { FindClientsDocument, type FindClientsQuery } from '../../graphql.ts';
import { useSettled } from '../../ui/useSettled.ts';

export type FoundClient = FindClientsQuery['clients']['nodes'][number];

interface Props {
  label: string;
  placeholder?: string;
  onPick(client: FoundClient): void;
}

/** A client by the beginning or a part of their name: type, choose with the arrows, take with Enter. */
export function ClientPicker({ label, placeholder, onPick }: Props) {
  const id = useId();
  const [typed, setTyped] = useState('');
  const [place, setPlace] = useState(0);
  const [isOpen, setIsOpen] = useState(false);
  const search = useSettled(typed.trim());
  const [{ data, stale, fetching }] = useQuery({ query: FindClientsDocument, variables: { search }, pause: !search });
  const isCurrent = search === typed.trim() && !stale && !fetching;
  const found = search && typed.trim() ? (data?.clients.nodes ?? []) : [];
  const active = found[Math.min(place, found.length - 1)];
  const shows = isOpen && typed.trim() !== '';
  const pick = (client: FoundClient) => {
    setTyped('');
    setIsOpen(false);
    onPick(client);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length > 0) {
      setIsOpen(true);
      setPlace((Math.min(place, found.length - 1) + step + found.length) % found.length);
    } else if (event.key === 'Enter' && shows && active && isCurrent) pick(active);
    else if (event.key === 'Escape' && shows) setIsOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="picker">
      <input
        type="search"
        role="combobox"
        aria-label={label}
        placeholder={placeholder}
        autoComplete="off"
        aria-autocomplete="list"
        aria-expanded={shows && found.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={shows && active ? `${id}-${active.id}` : undefined}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setPlace(0);
          setIsOpen(true);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setIsOpen(false)}
      />
      <Options id={id} label={label} shows={shows} found={found} active={active} onPick={pick} />
      <p role="status" className={shows && isCurrent && found.length === 0 ? 'options nobody' : 'unseen'}>
        {shows && isCurrent && toldOf(found.length, data?.clients.pageInfo.hasNextPage ?? false)}
      </p>
    </div>
  );
}

interface OptionsProps {
  id: string;
  label: string;
  shows: boolean;
  found: readonly FoundClient[];
  active: FoundClient | undefined;
  onPick(client: FoundClient): void;
}

/** The field keeps the focus, and the keys: `aria-activedescendant` says which of these is meant. */
function Options({ id, label, shows, found, active, onPick }: OptionsProps) {
  return (
    <div
      id={`${id}-list`}
      role="listbox"
      aria-label={label}
      tabIndex={-1}
      className="options"
      hidden={!shows || found.length === 0}
    >
      {found.map((client) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's.
        <div
          key={client.id}
          id={`${id}-${client.id}`}
          role="option"
          tabIndex={-1}
          aria-selected={client === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(client)}
        >
          {client.name} {client.externalId && <span className="hint">{client.externalId}</span>}
        </div>
      ))}
    </div>
  );
}

function toldOf(count: number, hasMore: boolean): string {
  if (count === 0) return 'No client is found.';
  return hasMore ? `More than ${count} are found: type on.` : `${count} found.`;
}
