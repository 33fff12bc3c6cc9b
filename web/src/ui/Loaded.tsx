import type { ReactNode } from 'react';
import { wordsOf } from '../api/words.ts';
import type { Asked } from '../session/changes.tsx';
import { Notice } from './Notice.tsx';
import { Watched } from './Watched.tsx';

interface Props<T> {
  asked: Asked<T>;
  /** Whether it is marked while it may be out of date; not what holds the whole page, as its parts are. */
  isMarked?: boolean;
  children: (data: T) => ReactNode;
}

/** What was asked for once it is there; meanwhile that it is awaited, or why it does not come. */
export function Loaded<T>({ asked, isMarked = true, children }: Props<T>) {
  if (asked.data !== undefined) {
    const shown = children(asked.data);
    return isMarked ? <Watched hasFailed={asked.error !== undefined}>{shown}</Watched> : shown;
  }
  if (!asked.error) return <p className="hint waiting">One moment …</p>;
  return (
    <Notice kind="problem">
      <p>{wordsOf(asked.error)}</p>
      <button type="button" onClick={asked.again}>
        Try again
      </button>
    </Notice>
  );
}
