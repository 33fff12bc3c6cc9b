import { useEffect, useState } from 'react';

/**
 * Give the focus back to what opened this, once it is closed. React Aria does so itself, but not when it is closed after an
 * answer of the server has come.
 */
export function useReturnedFocus(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      setTimeout(() => {
        if (document.activeElement === document.body && opener instanceof HTMLElement) opener.focus();
      });
    },
    [opener],
  );
}
