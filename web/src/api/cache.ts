import { cacheExchange } from '@urql/exchange-graphcache';

const embedded = () => null;

/** One copy of each entity: what a mutation or an event brings shows wherever it is shown. */
export const cache = () =>
  cacheExchange({
    keys: {
      Banner: (banner) => banner.appointmentId as string,
      BannerTracker: embedded,
      Board: embedded,
      BoardCounts: embedded,
      Period: embedded,
      TaskInbox: embedded,
      TaskRule: embedded,
      Viewer: embedded,
    },
  });
