import type { Storage } from '@graphiql/toolkit';

/** Keep tabs and history apart for each practice: the ids in them are of one. */
export function storageOf(practiceId: string): Storage {
  const prefix = `${practiceId}:`;
  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  return {
    get length() {
      return keys().length;
    },
    getItem: (key) => localStorage.getItem(prefix + key),
    setItem: (key, value) => localStorage.setItem(prefix + key, value),
    removeItem: (key) => localStorage.removeItem(prefix + key),
    clear: () => {
      for (const key of keys()) localStorage.removeItem(key);
    },
  };
}
