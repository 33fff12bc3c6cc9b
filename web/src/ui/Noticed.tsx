import { useTurn } from './useTurn.ts';

/** A text that is highlighted when it changes. */
export function Noticed({ className = '', children }: { className?: string; children: string }) {
  const turn = useTurn(children);
  return (
    <span key={turn} className={turn > 0 ? `${className} changed` : className}>
      {children}
    </span>
  );
}
