import { usePractice } from '../session/practice.tsx';
import { showsOtherTime } from './dates.ts';

/** Whose clocks the times are of, for who is where clocks show other times at that moment. */
export function Clocks({ at }: { at: string }) {
  const { zone } = usePractice().dates;
  if (!showsOtherTime(zone, at)) return null;
  return <p className="hint clocks">Times are as clocks show them in {zone}.</p>;
}
