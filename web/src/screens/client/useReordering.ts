import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { announce } from '../../ui/Announcer.tsx';
import { moved, placeAt } from './places.ts';

/** The order as it is shown, and what changes it. */
export interface Reordering {
  order: readonly string[];
  dragged: string | null;
  move(id: string, by: -1 | 1): void;
  grip(id: string): {
    onPointerDown(event: PointerEvent): void;
    onPointerMove(event: PointerEvent): void;
    onPointerUp(): void;
    onPointerCancel(): void;
  };
}

/** Put things in another order: it is shown at once, and as the server has it when that has answered. */
export function useReordering(ids: readonly string[], save: (ids: string[]) => Promise<boolean>): Reordering {
  const [wanted, setWanted] = useState<readonly string[] | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const saving = useRef<Promise<unknown>>(Promise.resolve());
  const focused = useRef('');
  const order = wanted && wanted.length === ids.length && wanted.every((id) => ids.includes(id)) ? wanted : ids;

  useEffect(() => {
    if (!focused.current) return;
    document.querySelector<HTMLElement>(`[data-move="${CSS.escape(focused.current)}"]`)?.focus();
    focused.current = '';
  });

  // One after the other, so that the last wish is the one that stays.
  const settle = (next: readonly string[]) => {
    setWanted(next);
    saving.current = saving.current
      .then(() => save([...next]))
      .then(() => setWanted((now) => (now === next ? null : now)));
  };
  const drop = (isMeant: boolean) => {
    setDragged(null);
    if (isMeant && wanted && wanted.join() !== ids.join()) settle(wanted);
    else setWanted(null);
  };
  return {
    order,
    dragged,
    move(id, by) {
      const next = moved(order, id, order.indexOf(id) + by);
      focused.current = `${id} ${by}`;
      announce(`Moved to place ${next.indexOf(id) + 1} of ${next.length}.`);
      settle(next);
    },
    grip: (id) => ({
      onPointerDown(event) {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragged(id);
      },
      onPointerMove(event) {
        const list = event.currentTarget.closest('ul');
        if (dragged === id && list) setWanted(moved(order, id, placeAt(event.clientY, list, order.indexOf(id))));
      },
      onPointerUp: () => dragged === id && drop(true),
      onPointerCancel: () => drop(false),
    }),
  };
}
