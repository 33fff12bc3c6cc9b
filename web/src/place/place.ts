import { makeStore, useStore } from '../store.ts';
import { hrefOf, type Place, placeOf } from './address.ts';

export { EVERYBODY, hrefOf, type Place, type Screen } from './address.ts';

const place = makeStore(placeOf(location.hash));
addEventListener('hashchange', () => place.set(placeOf(location.hash)));

export const usePlace = (): Place => useStore(place);

export function go(to: Place): void {
  location.hash = hrefOf(to);
}

/** Go to a place that takes the place of this one: the browser's way back does not lead here again. */
export function goInstead(to: Place): void {
  location.replace(hrefOf(to));
}
