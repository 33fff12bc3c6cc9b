import { lazy, Suspense, useState } from 'react';
import { useAction } from '../../api/actions.ts';
import {
  type AppointmentPartsFragment,
  CancelDocument,
  CompleteDocument,
  MissDocument,
  ReopenDocument,
} from '../../graphql.ts';
import { usePractice } from '../../session/practice.tsx';
import { Problems } from '../../ui/Notice.tsx';

const MoveForm = lazy(() => import('./MoveForm.tsx'));

/** What can be said of an appointment: what became of it, or that it is to be at another time. */
export function Actions({ appointment }: { appointment: AppointmentPartsFragment }) {
  const { mayChange } = usePractice();
  const [isMoving, setIsMoving] = useState(false);
  const input = { appointmentId: appointment.id };
  const complete = useAction(CompleteDocument, appointment.status);
  const miss = useAction(MissDocument, appointment.status);
  const cancel = useAction(CancelDocument, appointment.status);
  const reopen = useAction(ReopenDocument, appointment.status);
  const actions = [complete, miss, cancel, reopen];
  const isBusy = actions.some(({ isRunning }) => isRunning);
  const said = (action: typeof complete | typeof miss | typeof cancel | typeof reopen) => {
    for (const each of actions) each.forget();
    void action.run({ input });
  };
  if (!mayChange.appointments) return <p className="hint">Your role may look, but not change anything.</p>;
  return (
    <>
      <div className="row">
        {appointment.status === 'SCHEDULED' ? (
          <>
            <button type="button" className="primary" disabled={isBusy} onClick={() => said(complete)}>
              Complete
            </button>
            <button type="button" disabled={isBusy} onClick={() => said(miss)}>
              Missed
            </button>
            <button type="button" disabled={isBusy} onClick={() => said(cancel)}>
              Cancel it
            </button>
          </>
        ) : (
          <button type="button" disabled={isBusy} onClick={() => said(reopen)}>
            Reopen
          </button>
        )}
        <button type="button" aria-expanded={isMoving} onClick={() => setIsMoving(!isMoving)}>
          Move …
        </button>
      </div>
      <Problems problems={actions.flatMap(({ problems }) => problems)} />
      {isMoving && (
        <Suspense fallback={<p className="hint waiting">One moment …</p>}>
          <MoveForm appointment={appointment} onDone={() => setIsMoving(false)} />
        </Suspense>
      )}
    </>
  );
}
