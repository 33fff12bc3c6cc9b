import { daysAfter } from '../ui/dates.ts';
import type { Start } from './start.ts';

export interface Tab {
  query: string;
  variables?: string;
}

/** The tabs at first: they work as they are on the practice that is signed in to. */
export function examplesFor(start: Start, isDemo: boolean): Tab[] {
  const { today, appointmentId, clientId } = start;
  const tracker = {
    clientId,
    sessionLimit: 12,
    beginDate: today,
    endDate: daysAfter(today, 89),
    note: 'Set in the explorer',
    color: '#B3541E',
    autoReset: true,
  };
  return [
    tab(LOOK),
    tab(SET_A_TRACKER, { input: tracker }),
    tab(WATCH, { appointmentId }),
    tab(COMPLETE, { input: { appointmentId } }),
    ...(isDemo ? [tab(ADVANCE)] : []),
  ];
}

function tab(query: string, variables?: object): Tab {
  return { query: query.trimStart(), ...(variables && { variables: JSON.stringify(variables, null, 2) }) };
}

const LOOK = `
# Who am I, and how many sessions are left?
# The other tabs set a tracker, watch a banner, and
# complete its session.
query Look {
  viewer {
    role
    practice {
      name
      today
    }
  }
  clients(first: 5) {
    nodes {
      name
      trackers {
        used
        sessionLimit
        remaining
        state
      }
    }
  }
}
`;

const SET_A_TRACKER = `
# Twelve sessions in ninety days, then a new period.
# Expected failures are data: see errors.
mutation SetATracker($input: CreateTrackerInput!) {
  createTracker(input: $input) {
    tracker {
      id
      slot
      used
      remaining
    }
    errors {
      code
      message
      path
    }
  }
}
`;

const WATCH = `
# First the state, then every visible change. Run it,
# and complete the session in another window: here, or
# in the page at /. Another tab of this window ends it.
subscription WatchABanner($appointmentId: ID!) {
  appointmentBanner(appointmentId: $appointmentId) {
    revision
    reason
    primary {
      used
      sessionLimit
      remaining
      sessionNumber
      note
    }
    moreCount
  }
}
`;

const COMPLETE = `
# It took place: it counts, and every open dialog shows
# it. "reopenAppointment" takes it back.
mutation Complete($input: AppointmentIdInput!) {
  completeAppointment(input: $input) {
    appointment {
      status
      banner {
        primary {
          used
          remaining
        }
      }
    }
    errors {
      code
      message
    }
  }
}
`;

const ADVANCE = `
# The demo's clock: periods end, trackers reset, tasks
# appear, tomorrow's dialogs become today's.
mutation AdvanceTheClock {
  advanceClock(days: 1) {
    practice {
      today
    }
    errors {
      code
      message
    }
  }
}
`;
