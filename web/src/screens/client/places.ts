/** The same things with one at another place. */
export function moved(order: readonly string[], id: string, place: number): readonly string[] {
  const others = order.filter((each) => each !== id);
  return [...others.slice(0, place), id, ...others.slice(place)];
}

/** The place among a list's items for one that is held at this height: below the middles of those before it. */
export function placeAt(y: number, list: Element, own: number): number {
  const others = [...list.children].filter((_, index) => index !== own);
  return others.filter((item) => y > middleOf(item)).length;
}

function middleOf(item: Element): number {
  const { top, height } = item.getBoundingClientRect();
  return top + height / 2;
}
