"""Reading banners: many at once, in one statement, so that each is of one moment and one revision of its client."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson

from models.banner import Banner, PeriodOnRecord, SessionNumber, TrackerOnRecord, shown_tracker
from models.calendar import local_date, zone_named
from models.database import database, key_parameter, keys_parameter, speaks_postgres
from models.identifiers import written_id
from models.terms import ChangeReason, TrackerState

# Of the closed periods a banner needs the first, since which the tracker is shown, and the one that holds its day.
QUERY: Final = """
SELECT {array}(
  a.id, a.client_id, a.service_date, c.revision, c.changed_because, c.settled_at, c.due_at, c.time_zone,
  {nested}((SELECT {list}({array}(
      t.slot, t.id, t.state, t.session_limit, t.used, t.begin_date, t.end_date, t.note, t.color,
      {nested}((SELECT {list}({array}(k.session_limit, k.used, k.begin_date, k.end_date)) FROM closed_period k
        WHERE k.tracker_id = t.id AND (k.number = 1 OR a.service_date BETWEEN k.begin_date AND k.end_date)))))
    FROM tracker t WHERE t.client_id = c.id AND t.removed_at IS NULL)),
  CASE WHEN a.status = 'COMPLETED' THEN {nested}((SELECT {list}(e.service_date) FROM appointment e
    WHERE e.client_id = c.id AND e.status = 'COMPLETED' AND (e.starts_at, e.id) <= (a.starts_at, a.id))) END
) AS record
FROM appointment a JOIN client c ON c.id = a.client_id
WHERE """
POSTGRES_QUERY: Final = (
    QUERY.format(array="json_build_array", list="json_agg", nested="")
    + "a.practice_id = $1::uuid AND a.id = ANY($2::uuid[])"
)
SQLITE_QUERY: Final = (
    QUERY.format(array="json_array", list="json_group_array", nested="json")
    + "a.practice_id = ? AND a.id IN (SELECT value FROM json_each(?))"
)


# A look-up here takes a tenth of the time of asking the enumeration.
_STATES: Final = {state.value: state for state in TrackerState}
_REASONS: Final = {reason.value: reason for reason in ChangeReason}


class BannersRead(NamedTuple):
    """Banners by the appointment's id; `due` are the clients among them that have to be settled first."""

    banners: Mapping[UUID, Banner]
    due: frozenset[UUID]


async def read_banners(appointment_ids: Collection[UUID], *, practice_id: UUID, now: datetime) -> BannersRead:
    """Return the banners of the practice's appointments; one that is gone has none."""
    query = POSTGRES_QUERY if speaks_postgres() else SQLITE_QUERY
    rows = await database().execute_query_dict(query, [key_parameter(practice_id), keys_parameter(appointment_ids)])
    banners, due = {}, set()
    for row in rows:
        banner, is_due = _banner(orjson.loads(row["record"]), now=now)
        banners[banner.appointment_id] = banner
        if is_due:
            due.add(banner.client_id)
    return BannersRead(banners, frozenset(due))


def _banner(record: list[Any], *, now: datetime) -> tuple[Banner, bool]:
    key, client_id, day, revision, because, settled_at, due_at, zone, trackers, earlier = record
    # What a client was settled for has come, also for a reader whose clock was read before.
    moment = now if settled_at is None else max(now, datetime.fromisoformat(settled_at))
    today, service_date = _today(moment, zone), date.fromisoformat(day)
    counts = earlier is not None and service_date <= today
    number = SessionNumber(service_date, sorted(map(date.fromisoformat, earlier)) if counts else None)
    shown = [
        shown_tracker(*_on_record(tracker), service_date=service_date, today=today, number_in=number)
        for tracker in sorted(trackers or ())
    ]
    banner = Banner(
        appointment_id=written_id(key),
        client_id=written_id(client_id),
        revision=revision,
        reason=_REASONS[because],
        trackers=tuple(tracker for tracker in shown if tracker) if service_date <= today else (),
    )
    return banner, due_at is not None and datetime.fromisoformat(due_at) <= now


def _on_record(tracker: list[Any]) -> tuple[TrackerOnRecord, list[PeriodOnRecord]]:
    _slot, key, state, limit, used, begin, end, note, color, closed = tracker
    periods = [
        PeriodOnRecord(allowed, counted, date.fromisoformat(first), date.fromisoformat(last))
        for allowed, counted, first, last in closed or ()
    ]
    current = TrackerOnRecord(
        id=written_id(key),
        state=_STATES[state],
        session_limit=limit,
        used=used,
        begin_date=date.fromisoformat(begin),
        end_date=end and date.fromisoformat(end),
        note=note,
        color=color,
    )
    return current, periods


@lru_cache(maxsize=64)
def _today(moment: datetime, zone: str) -> date:
    """Return the zone's date, once for all that are read at one moment."""
    return local_date(moment, zone=zone_named(zone))
