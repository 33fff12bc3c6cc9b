import type { Role } from '../graphql.ts';

/** Whether the server is in demo mode; it says so in the page. */
export const isDemo = document.querySelector('meta[name="demo"]')?.getAttribute('content') === 'true';

export const DEMO_ROLES: readonly Role[] = ['STAFF', 'ADMIN', 'READ_ONLY', 'INTEGRATION'];

export const ROLE_NAMES: Record<Role, string> = {
  ADMIN: 'Administrator',
  STAFF: 'Staff',
  READ_ONLY: 'Read only',
  INTEGRATION: 'Integration',
};

/** Fetch a token of the demo practice; fails with the reason in words. */
export async function demoToken(role: Role): Promise<string> {
  const response = await fetch(`/demo/token?role=${role}`);
  const told: { token?: string; message?: string } = await response.json();
  if (!response.ok || !told.token) throw new Error(told.message ?? 'There is no token to be had.');
  return told.token;
}
