import { type ReactNode, useEffect, useRef } from 'react';
import { announce } from './Announcer.tsx';

let isFirst = true;

/** Have the focus begin anew on the screen, when what had it is gone. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>('#main h1')?.focus();
}

/** A screen with its heading, which gets the focus when somebody comes here from another. */
export function Screen({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const told = useRef(title);
  useEffect(() => {
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, []);
  useEffect(() => {
    document.title = `${title} · Session Tracker`;
    if (told.current !== title) announce(title);
    told.current = title;
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
