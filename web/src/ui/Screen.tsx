import { type ReactNode, useEffect, useRef } from 'react';

/** A screen with its heading, which gets the focus when somebody comes here from another. */
export function Screen({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (document.activeElement?.closest('nav, main, body > :not(#root)')) heading.current?.focus();
  }, []);
  useEffect(() => {
    document.title = `${title} · Session Tracker`;
  }, [title]);
  return (
    <main id="main">
      <header className="screen-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {aside}
      </header>
      {children}
    </main>
  );
}
