import { makeStore } from '../store.ts';

/** How the socket stands: what is shown is live only on `live`. */
export type Connection = 'connecting' | 'live' | 'lost';

export const connection = makeStore<Connection>('connecting');
