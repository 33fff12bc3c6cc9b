import type { Store } from '../store.ts';
import type { Connection } from './connection.ts';

/** What the connection is told by the socket, and by each subscription on it. */
export interface Standing {
  /** The socket is gone. */
  closed(): void;
  /** A subscription waits to begin again: what it keeps up to date is not. */
  failing(subscription: object): void;
  /** A subscription is not waited for any more. */
  over(subscription: object): void;
  /** A result came: what the subscription keeps up to date is. */
  arrived(subscription: object): void;
}

/** Live from the first result after connecting, while no subscription waits to begin again. */
export function standingIn(connection: Store<Connection>): Standing {
  const failing = new Set<object>();
  let hasArrived = false;
  const tell = () => {
    if (failing.size > 0) connection.set('lost');
    else if (hasArrived) connection.set('live');
  };
  return {
    closed() {
      hasArrived = false;
      connection.set('lost');
    },
    failing(subscription) {
      failing.add(subscription);
      tell();
    },
    over(subscription) {
      failing.delete(subscription);
      tell();
    },
    arrived(subscription) {
      failing.delete(subscription);
      hasArrived = true;
      tell();
    },
  };
}
