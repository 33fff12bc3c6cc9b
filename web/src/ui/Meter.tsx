/** How much of a limit is used, for the eye; the words are beside it. */
export function Meter({ tracker: { used, sessionLimit } }: { tracker: { used: number; sessionLimit: number } }) {
  return (
    <div className="meter" aria-hidden="true">
      <div style={{ inlineSize: `${Math.min(1, used / sessionLimit) * 100}%` }} />
    </div>
  );
}
