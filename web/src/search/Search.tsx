import { useEffect, useState } from 'react';
import { ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from 'react-aria-components';
import { useQuery } from 'urql';
import { SearchDocument } from '../graphql.ts';
import { go } from '../place/place.ts';

const PAUSE_MS = 150;

/** Find a client by name or by id elsewhere, and go to their profile. */
export default function Search() {
  const [typed, setTyped] = useState('');
  const text = useSettled(typed.trim());
  const [{ data, fetching }] = useQuery({ query: SearchDocument, variables: { text }, pause: text === '' });
  const found = text === '' ? [] : (data?.clients.nodes ?? []);
  const isLooking = fetching || text !== typed.trim();
  const open = (id: string) => {
    setTyped('');
    go({ screen: { name: 'client', id }, appointment: null });
  };
  return (
    <ComboBox
      className="search"
      items={found}
      inputValue={typed}
      onInputChange={setTyped}
      value={null}
      onChange={(id) => id != null && open(String(id))}
      allowsEmptyCollection
    >
      <Label className="unseen">Find a client</Label>
      <Input type="search" placeholder="Find a client" />
      <Popover className="popover">
        <ListBox<(typeof found)[number]> renderEmptyState={() => (isLooking ? 'One moment …' : 'Nobody is called so.')}>
          {({ id, name, externalId }) => (
            <ListBoxItem id={id} textValue={name}>
              {name} {externalId && <span className="hint">{externalId}</span>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

/** The text once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
