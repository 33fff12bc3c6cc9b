import { type PointerEvent as Press, useEffect, useRef, useState } from 'react';
import { announce } from '../../ui/Announcer.tsx';
import { moved, placeAt } from './places.ts';

/** The order as it is shown, and what changes it. */
export interface Reordering {
  order: readonly string[];
  dragged: string | null;
  move(id: string, by: -1 | 1): void;
  drag(id: string, press: Press): void;
}

/** Put things in another order: it is shown at once, and as the server has it when that has answered. */
export function useReordering(ids: readonly string[], save: (ids: string[]) => Promise<boolean>): Reordering {
  const [wanted, setWanted] = useState<readonly string[] | null>(null);
  const saving = useRef<Promise<unknown>>(Promise.resolve());
  const focused = useRef('');
  const order = wanted && wanted.length === ids.length && wanted.every((id) => ids.includes(id)) ? wanted : ids;

  // An element that is moved in the document loses the focus.
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
  const dragging = useDragging({
    over: (id, y, list) => setWanted(moved(order, id, placeAt(y, list, order.indexOf(id)))),
    drop: () => (order.join() === ids.join() ? setWanted(null) : settle(order)),
    giveUp: () => setWanted(null),
  });
  return {
    order,
    ...dragging,
    move(id, by) {
      const next = moved(order, id, order.indexOf(id) + by);
      focused.current = `${id} ${by}`;
      announce(`Moved to place ${next.indexOf(id) + 1} of ${next.length}.`);
      settle(next);
    },
  };
}

interface Dragging {
  over(id: string, y: number, list: Element): void;
  drop(): void;
  giveUp(): void;
}

/** Follow the pointer in the window: an element that is moved in the document would lose a pointer it has captured. */
function useDragging({ over, drop, giveUp }: Dragging): Pick<Reordering, 'dragged' | 'drag'> {
  const [held, setHeld] = useState<{ id: string; list: Element } | null>(null);
  useEffect(() => {
    if (!held) return;
    const end = (how: () => void) => () => {
      setHeld(null);
      how();
    };
    const events = new AbortController();
    const { signal } = events;
    addEventListener('pointermove', ({ clientY }) => over(held.id, clientY, held.list), { signal });
    addEventListener('pointerup', end(drop), { signal });
    addEventListener('pointercancel', end(giveUp), { signal });
    addEventListener('keydown', ({ key }) => key === 'Escape' && end(giveUp)(), { signal });
    return () => events.abort();
  });
  return {
    dragged: held?.id ?? null,
    drag(id, press) {
      const list = press.currentTarget.closest('ul');
      if (press.button !== 0 || !list) return;
      press.preventDefault();
      setHeld({ id, list });
    },
  };
}
