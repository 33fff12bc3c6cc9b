import { useEffect } from 'react';
import { connection } from '../api/connection.ts';

const AT_ONCE_MS = 5_000;
const LOOK_AGAIN_MS = 60_000;

/**
 * Call when somebody comes back to the window, and each minute while it is in sight: a booking changes nobody's count, so
 * no event tells of it. Behind a lost connection nothing can be asked, and all is asked when it is back.
 */
export function useReturns(onReturn: () => void): void {
  useEffect(() => {
    let last = Date.now();
    const look = () => {
      const isAwaited = document.visibilityState === 'visible' && connection.get() !== 'lost';
      if (!isAwaited || Date.now() - last < AT_ONCE_MS) return;
      last = Date.now();
      onReturn();
    };
    const timer = setInterval(look, LOOK_AGAIN_MS);
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, [onReturn]);
}
