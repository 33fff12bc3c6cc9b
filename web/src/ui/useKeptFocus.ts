import { type FocusEvent, type RefObject, useEffect, useRef } from 'react';

interface KeepsFocus<T> {
  ref: RefObject<T | null>;
  onFocus(event: FocusEvent): void;
}

/** Props of a list: when what has the focus in it is taken away, the focus goes to the heading of its section. */
export function useKeptFocus<T extends HTMLElement>(): KeepsFocus<T> {
  const ref = useRef<T>(null);
  const last = useRef<Element | null>(null);
  useEffect(() => {
    if (!last.current || last.current.isConnected) return;
    last.current = null;
    if (document.activeElement === document.body) ref.current?.closest('section')?.querySelector('h2')?.focus();
  });
  return {
    ref,
    onFocus: ({ target }) => {
      last.current = target;
    },
  };
}
