import { type Cache, cacheExchange, type Entity } from '@urql/exchange-graphcache';
import type { AppointmentIdInput, ScheduleAppointmentInput } from '../graphql.ts';

const embedded = () => null;

/** One copy of each entity: what a mutation or an event brings shows wherever it is shown. */
export const cache = () =>
  cacheExchange({
    keys: {
      Actor: embedded,
      Banner: (banner) => banner.appointmentId as string,
      BannerTracker: embedded,
      Board: embedded,
      BoardCounts: embedded,
      Period: embedded,
      TaskInbox: embedded,
      TaskRule: embedded,
      Viewer: embedded,
    },
    updates: {
      Mutation: {
        createClient: (_result, _args, cache) => askAnew(cache, 'Query', 'clients'),
        updateClient: (_result, _args, cache) => askAnew(cache, 'Query', 'clients'),
        scheduleAppointment(_result, { input }: { input: ScheduleAppointmentInput }, cache) {
          askAnew(cache, 'Query', 'appointments');
          askAnew(cache, { __typename: 'Client', id: input.clientId }, 'appointments');
        },
        deleteAppointment(_result, { input }: { input: AppointmentIdInput }, cache) {
          const deleted = { __typename: 'Appointment', id: input.appointmentId };
          const client = cache.resolve(deleted, 'client');
          askAnew(cache, 'Query', 'appointments');
          if (typeof client === 'string') askAnew(cache, client, 'appointments');
          cache.invalidate(deleted);
        },
        completeTask: (_result, _args, cache) => askAnew(cache, 'Query', 'tasks'),
        reopenTask: (_result, _args, cache) => askAnew(cache, 'Query', 'tasks'),
        reassignTask: (_result, _args, cache) => askAnew(cache, 'Query', 'tasks'),
      },
    },
  });

/** Read lists again: what is new, or elsewhere in an order, is in none of them yet. */
function askAnew(cache: Cache, of: Entity, list: string): void {
  for (const { fieldKey, fieldName } of cache.inspectFields(of)) {
    if (fieldName === list) cache.invalidate(of, fieldKey);
  }
}
