import { type FocusEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
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
import { MoveForm } from './MoveForm.tsx';

/**
 * What can be said of an appointment: what became of it, or that it is to be at another time; `children` is more. The buttons stay in reach of the
 * keyboard while they cannot be used, and when the one that has the focus gives way to others, the first of them gets it.
 */
export function Actions({ appointment, children }: { appointment: AppointmentPartsFragment; children: ReactNode }) {
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
    if (isBusy) return;
    for (const each of actions) each.forget();
    void action.run({ input });
  };
  const buttons = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const focused = useRef<Element | null>(null);
  useLayoutEffect(() => {
    if (!focused.current || focused.current.isConnected) return;
    focused.current = null;
    buttons.current?.querySelector('button')?.focus();
  });
  const keepsFocus = {
    ref: buttons,
    onFocus: ({ target }: FocusEvent) => {
      focused.current = target;
    },
    onBlur: ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget) focused.current = null;
    },
  };
  const moved = () => {
    setIsMoving(false);
    opener.current?.focus();
  };
  if (!mayChange.appointments) return <p className="hint">Your role may look, but not change anything.</p>;
  return (
    <>
      <div className="row" {...keepsFocus}>
        {appointment.status === 'SCHEDULED' ? (
          <>
            <button
              type="button"
              className="primary"
              aria-disabled={isBusy || undefined}
              onClick={() => said(complete)}
            >
              Complete
            </button>
            <button type="button" aria-disabled={isBusy || undefined} onClick={() => said(miss)}>
              Missed
            </button>
            <button type="button" aria-disabled={isBusy || undefined} onClick={() => said(cancel)}>
              Cancelled
            </button>
          </>
        ) : (
          <button type="button" aria-disabled={isBusy || undefined} onClick={() => said(reopen)}>
            Reopen
          </button>
        )}
        <button type="button" ref={opener} aria-expanded={isMoving} onClick={() => setIsMoving(!isMoving)}>
          Move …
        </button>
        {children}
      </div>
      <Problems problems={actions.flatMap(({ problems }) => problems)} />
      {isMoving && <MoveForm appointment={appointment} onDone={moved} />}
    </>
  );
}
