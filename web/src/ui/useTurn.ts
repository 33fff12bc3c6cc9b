import { useEffect, useRef, useState } from 'react';

/** How often the text has changed since it was first shown: a key with which a highlight begins anew. */
export function useTurn(text: string): number {
  const known = useRef(text);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (known.current === text) return;
    known.current = text;
    setTurn((before) => before + 1);
  }, [text]);
  return turn;
}
