import { useEffect, useRef } from 'react';
import { isDay, LAST_DAY } from '../../ui/dates.ts';

/**
 * A day to pick or to type. What is picked is gone to at once; what is typed with Enter, or when the field is left: on its way
 * to a day it is several others.
 */
export function AnotherDay({ shown, onPick }: { shown: string; onPick(day: string): void }) {
  const field = useRef<HTMLInputElement>(null);
  const isTyping = useRef(false);
  useEffect(() => {
    if (field.current) field.current.value = shown;
  }, [shown]);
  const pick = () => {
    isTyping.current = false;
    const day = field.current?.value ?? '';
    if (isDay(day) && day !== shown) onPick(day);
  };
  return (
    <label>
      <span className="unseen">Another day</span>
      <input
        ref={field}
        type="date"
        required
        max={LAST_DAY}
        defaultValue={shown}
        onPointerDown={() => {
          isTyping.current = false;
        }}
        onKeyDown={({ key }) => {
          isTyping.current = true;
          if (key === 'Enter') pick();
        }}
        onChange={() => isTyping.current || pick()}
        onBlur={pick}
      />
    </label>
  );
}
