import { makeStore } from '../store.ts';

/** Who is signed in: a token, or none and why. It lives as long as the tab. */
export interface Session {
  token: string | null;
  reason: string | null;
}

const KEY = 'session-tracker.token';

export const session = makeStore<Session>({ token: sessionStorage.getItem(KEY), reason: null });

export function signIn(token: string): void {
  sessionStorage.setItem(KEY, token);
  session.set({ token, reason: null });
}

export function signOut(reason: string | null = null): void {
  sessionStorage.removeItem(KEY);
  session.set({ token: null, reason });
}
