// What both peers share: the schema's part that the benchmark needs, who may read, and the banner from the database.
import jwt from "jsonwebtoken";
import pg from "pg";

pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

export const typeDefs = `
  enum TrackerState { UPCOMING ACTIVE LIMIT_REACHED EXPIRED REMOVED }
  enum ChangeReason { SNAPSHOT COMPLETION CORRECTION TRACKER_EDIT RESET EXPIRY NEW_DAY RESYNC }
  scalar Color
  scalar Date
  type BannerTracker {
    trackerId: ID!
    state: TrackerState!
    sessionLimit: Int!
    used: Int!
    remaining: Int!
    over: Int!
    sessionNumber: Int
    beginDate: Date!
    endDate: Date
    note: String
    color: Color!
  }
  type Banner {
    appointmentId: ID!
    clientId: ID!
    revision: Int!
    reason: ChangeReason!
    trackers: [BannerTracker!]!
    primary: BannerTracker
    moreCount: Int!
  }
  type Query { ready: Boolean! }
  type Subscription { appointmentBanner(appointmentId: ID!, knownRevision: Int): Banner! }
`;

/** Return the token's claims; throws when it is not valid. */
export function viewerOf(parameters) {
  const token = parameters.Authorization.slice("Bearer ".length);
  return jwt.verify(token, process.env.JWT_SECRET, { algorithms: ["HS256"], audience: "session-tracker" });
}

/** Read the banner of an appointment of the viewer's practice: three prepared statements on a pool of 10. */
export async function readBanner(appointmentId, viewer) {
  const key = keyOf(appointmentId);
  const found = await query("appointment", APPOINTMENT, [key, viewer.practice]);
  const appointment = found[0];
  const [trackers, completed] = await Promise.all([
    query("trackers", TRACKERS, [appointment.client_id]),
    query("completed", COMPLETED, [appointment.client_id]),
  ]);
  const own = completed.findIndex((row) => row.id === key);
  const earlier = completed.slice(0, own + 1);
  const shown = trackers.map((row) => ({
    trackerId: globalId("Tracker", row.id),
    state: row.state,
    sessionLimit: row.session_limit,
    used: row.used,
    remaining: Math.max(0, row.session_limit - row.used),
    over: Math.max(0, row.used - row.session_limit),
    sessionNumber: own < 0 ? null : earlier.filter((day) => day.service_date >= row.begin_date).length,
    beginDate: row.begin_date,
    endDate: row.end_date,
    note: row.note,
    color: row.color,
  }));
  return {
    appointmentId,
    clientId: globalId("Client", appointment.client_id),
    revision: appointment.revision,
    reason: appointment.changed_because,
    trackers: shown,
    primary: shown[0] ?? null,
    moreCount: Math.max(0, shown.length - 1),
  };
}

/**
 * Publish what a request asks for: `{appointmentId, revision}` sends its banner, read once, to all who watch the
 * client; `{clients}` tells each that it changed, and who watches reads anew. Returns the moment on the monotonic
 * clock, in nanoseconds, at which publishing began.
 */
export async function publishing(body, publish) {
  if (body.clients) {
    const happened = process.hrtime.bigint();
    for (const client of body.clients) publish(client, {});
    return String(happened);
  }
  const banner = { ...(await readBanner(body.appointmentId, body)), revision: body.revision };
  const happened = process.hrtime.bigint();
  publish(banner.clientId, { banner });
  return String(happened);
}

/** Yield the banner as it stands, then at each event; `listen` is given the topic. */
export async function* watch(appointmentId, viewer, listen) {
  const first = await readBanner(appointmentId, viewer);
  const events = await listen(first.clientId);
  yield { appointmentBanner: first };
  for await (const event of events) {
    yield { appointmentBanner: event.banner ?? (await readBanner(appointmentId, viewer)) };
  }
}

/** Tell the parent process where the server listens. */
export function announce(port) {
  process.stdout.write(`http://127.0.0.1:${port}\n`);
}

const APPOINTMENT = `SELECT a.client_id, c.revision, c.changed_because
  FROM appointment a JOIN client c ON c.id = a.client_id WHERE a.id = $1 AND a.practice_id = $2`;
const TRACKERS = `SELECT id, state, session_limit, used, begin_date, end_date, note, color
  FROM tracker WHERE client_id = $1 AND removed_at IS NULL ORDER BY slot`;
const COMPLETED = `SELECT id, service_date
  FROM appointment WHERE client_id = $1 AND status = 'COMPLETED' ORDER BY starts_at, id`;

async function query(name, text, values) {
  return (await pool.query({ name, text, values })).rows;
}

function keyOf(id) {
  return Buffer.from(id, "base64url").toString().split(":")[1];
}

function globalId(type, key) {
  return Buffer.from(`${type}:${key}`).toString("base64url");
}
