import type { Reordering } from './useReordering.ts';

interface Props {
  id: string;
  name: string;
  reordering: Reordering;
}

/** Another place among the trackers: by buttons, and by dragging for those who like to. */
export function MoveButtons({ id, name, reordering: { order, move, drag } }: Props) {
  const place = order.indexOf(id);
  if (order.length < 2) return null;
  const button = (by: -1 | 1, sign: string, where: string) => {
    const isAtTheEnd = order[place + by] === undefined;
    return (
      <button
        type="button"
        className="move"
        data-move={`${id} ${by}`}
        aria-label={`Move ${where} ${name}`}
        aria-disabled={isAtTheEnd || undefined}
        onClick={() => isAtTheEnd || move(id, by)}
      >
        <span aria-hidden="true">{sign}</span>
      </button>
    );
  };
  return (
    <>
      {button(-1, '↑', 'up')}
      {button(1, '↓', 'down')}
      <span
        className="grip"
        title="Drag to another place"
        aria-hidden="true"
        onPointerDown={(press) => drag(id, press)}
      >
        ⠿
      </span>
    </>
  );
}
