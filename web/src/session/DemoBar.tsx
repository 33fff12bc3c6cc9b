import { useAction } from '../api/actions.ts';
import { AdvanceClockDocument, type Role } from '../graphql.ts';
import { announce } from '../ui/Announcer.tsx';
import { Problems } from '../ui/Notice.tsx';
import { DEMO_ROLES, demoToken, ROLE_NAMES } from './demo.ts';
import { usePractice } from './practice.tsx';
import { signIn, signOut } from './session.ts';

const STEPS: readonly [number, string][] = [
  [1, 'Next day'],
  [7, 'Next week'],
];

/** What demo mode adds: another role, and a clock that can be set ahead. */
export function DemoBar() {
  const { viewer, today, dates, mayChange } = usePractice();
  const clock = useAction(AdvanceClockDocument, today);
  const become = (role: Role) => demoToken(role).then(signIn, (error: Error) => signOut(error.message));
  const advance = async (days: number) => {
    if (await clock.run({ days })) announce('The demo clock was set ahead.');
  };
  return (
    <section className="demo" aria-label="Demo">
      <span>
        Demo: <time dateTime={today}>{dates.date(today)}</time>
      </span>
      {mayChange.trackers &&
        STEPS.map(([days, name]) => (
          <button key={days} type="button" disabled={clock.isRunning} onClick={() => void advance(days)}>
            {name}
          </button>
        ))}
      <label>
        <span className="unseen">Role</span>
        <select value={viewer.role} onChange={(event) => void become(event.target.value as Role)}>
          {DEMO_ROLES.map((role) => (
            <option key={role} value={role}>
              {ROLE_NAMES[role]}
            </option>
          ))}
        </select>
      </label>
      <Problems problems={clock.problems} />
    </section>
  );
}
