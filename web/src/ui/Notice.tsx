import type { ReactNode } from 'react';
import type { Problem } from '../api/actions.ts';

/** Something to know (`status`) or that went wrong (`problem`); both are read out when they appear. */
export function Notice({ kind = 'status', children }: { kind?: 'status' | 'problem'; children: ReactNode }) {
  return (
    <div className={`notice ${kind}`} role={kind === 'problem' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}

/** The failures of a mutation, in the API's words; nothing when there are none. */
export function Problems({ problems }: { problems: readonly Problem[] }) {
  if (problems.length === 0) return null;
  return (
    <Notice kind="problem">
      {problems.map(({ code, message }) => (
        <p key={code + message}>{message}</p>
      ))}
    </Notice>
  );
}
