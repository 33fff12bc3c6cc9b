import { type ReactNode, useEffect, useRef, useState } from 'react';

export interface PageInfo {
  hasNextPage: boolean;
  endCursor?: string | null | undefined;
}

/** What follows a page: a button, and once it was pressed the next page, which has its own and gets the focus. */
export function More({ pageInfo, children }: { pageInfo: PageInfo; children: (after: string) => ReactNode }) {
  const [isOpen, setIsOpen] = useState(false);
  const next = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isOpen) next.current?.focus();
  }, [isOpen]);
  if (!pageInfo.hasNextPage || !pageInfo.endCursor) return null;
  if (!isOpen) {
    return (
      <button type="button" onClick={() => setIsOpen(true)}>
        Show more
      </button>
    );
  }
  return (
    <div ref={next} tabIndex={-1}>
      {children(pageInfo.endCursor)}
    </div>
  );
}
