import type { ReactNode } from 'react';
import type { Asked } from '../session/changes.tsx';
import { Notice } from './Notice.tsx';

/** What was asked for once it is there; meanwhile that it is awaited, or why it does not come. */
export function Loaded<T>({ asked, children }: { asked: Asked<T>; children: (data: T) => ReactNode }) {
  if (asked.data !== undefined) return children(asked.data);
  if (!asked.error) return <p className="hint waiting">One moment …</p>;
  return (
    <Notice kind="problem">
      <p>{asked.error.graphQLErrors[0]?.message ?? 'The server cannot be reached.'}</p>
      <button type="button" onClick={asked.again}>
        Try again
      </button>
    </Notice>
  );
}
