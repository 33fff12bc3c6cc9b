import { type FocusEvent, type RefObject, useEffect, useRef } from 'react';

interface KeepsFocus<T> {
  ref: RefObject<T | null>;
  onFocus(event: FocusEvent): void;
}

/** Props of a list: when what has the focus in it is taken away, or the whole list, the heading of its section gets it. */
export function useKeptFocus<T extends HTMLElement>(): KeepsFocus<T> {
  const ref = useRef<T>(null);
  const last = useRef<Element | null>(null);
  const section = useRef<Element | null | undefined>(null);
  const keep = useRef(() => {
    if (!last.current || last.current.isConnected) return;
    last.current = null;
    if (document.activeElement === document.body) section.current?.querySelector('h2')?.focus();
  });
  useEffect(() => {
    section.current = ref.current?.closest('section');
    keep.current();
  });
  useEffect(() => () => keep.current(), []);
  return {
    ref,
    onFocus: ({ target }) => {
      last.current = target;
    },
  };
}
