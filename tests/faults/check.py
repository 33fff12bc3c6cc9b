"""What must hold: dialogs show what the database says, and the database says what the appointments make of it."""

from collections.abc import Mapping, Set
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from graph.ids import global_id, node_key
from models.access import within
from models.appointments import Appointment
from models.banner import Banner, BannerTracker
from models.banners import read_banners
from models.clients import Client
from models.database import database
from models.history import HistoryEntry
from models.ledger import plan
from models.outbox import OutboxHint
from models.tasks import Task
from models.trackers import Tracker
from tests.faults.deeds import (
    BOOKED,
    DELETED,
    LIMIT,
    NOTE,
    REMOVED,
    SET,
    STARTS_AT,
    STATUS,
    TASK_DONE,
    UNKNOWN,
    Fact,
)
from tests.faults.dialogs import Dialog, Shown
from tests.faults.practice import ZONE

Record = Mapping[str, Shown]
"""What dialogs must show, by the global ids of their appointments."""
COUNTED: Final = """
    (SELECT count(*) FROM appointment a WHERE a.client_id = t.client_id AND a.status = 'COMPLETED'
      AND a.service_date BETWEEN {p}.begin_date AND least({p}.end_date, $2::date))
"""
RULES: Final[Mapping[str, str]] = {
    "counts of trackers": f"""
        SELECT t.id, t.used, {COUNTED.format(p="t")} AS right FROM tracker t
        WHERE t.practice_id = $1 AND t.removed_at IS NULL AND (t.used != {COUNTED.format(p="t")}
          OR t.remaining != greatest(0, t.session_limit - t.used))""",
    "counts of closed periods": f"""
        SELECT p.id, p.used, {COUNTED.format(p="p")} AS right FROM closed_period p JOIN tracker t ON t.id = p.tracker_id
        WHERE t.practice_id = $1 AND t.removed_at IS NULL AND p.used != {COUNTED.format(p="p")}""",
    "tasks that are doubled": """
        SELECT tracker_id, period_number, count(*) FROM task WHERE practice_id = $1
        GROUP BY tracker_id, period_number HAVING count(*) > 1""",
    "tasks created twice": """
        SELECT subject_id, count(*) FROM history_entry WHERE practice_id = $1 AND what = 'task.created'
        GROUP BY subject_id HAVING count(*) > 1""",
    "full trackers without a task to do or done": """
        SELECT t.id, t.used, t.session_limit, k.status FROM tracker t
        LEFT JOIN task k ON k.tracker_id = t.id AND k.period_number = t.period_number
        WHERE t.practice_id = $1 AND t.removed_at IS NULL AND t.used >= t.session_limit
          AND t.task_trigger IN ('COUNT_REACHED', 'WHICHEVER_COMES_FIRST')
          AND coalesce(k.status, '') NOT IN ('OPEN', 'DONE')""",
    "tasks to do of trackers that are not full": """
        SELECT t.id, t.used, t.session_limit, k.status FROM tracker t
        JOIN task k ON k.tracker_id = t.id AND k.period_number = t.period_number
        WHERE t.practice_id = $1 AND t.removed_at IS NULL AND t.used < t.session_limit
          AND k.reason = 'COUNT_REACHED' AND k.status = 'OPEN'""",
    "trackers that were full and have no task": """
        SELECT DISTINCT t.id FROM tracker t JOIN history_entry h ON h.subject_id = t.id
        WHERE t.practice_id = $1 AND t.task_trigger IN ('COUNT_REACHED', 'WHICHEVER_COMES_FIRST')
          AND h.what = 'tracker.counted' AND h.after->>'state' = 'LIMIT_REACHED'
          AND NOT EXISTS (SELECT FROM task k WHERE k.tracker_id = t.id
            AND k.period_number = (h.after->>'period')::int)""",
    "tasks that were completed, never reopened, and are not done": """
        SELECT k.id, k.status FROM task k WHERE k.practice_id = $1 AND k.status != 'DONE'
          AND EXISTS (SELECT FROM history_entry h WHERE h.subject_id = k.id AND h.what = 'task.completed')
          AND NOT EXISTS (SELECT FROM history_entry h WHERE h.subject_id = k.id AND h.what = 'task.reopened')""",
    "tasks of trackers that were never full": """
        SELECT k.id FROM task k WHERE k.practice_id = $1 AND k.reason = 'COUNT_REACHED'
          AND NOT EXISTS (SELECT FROM history_entry h WHERE h.subject_id = k.tracker_id
            AND h.what = 'tracker.counted' AND h.after->>'state' = 'LIMIT_REACHED'
            AND (h.after->>'period')::int = k.period_number)""",
}


async def banners_on_record(practice_id: UUID, appointment_ids: Set[str]) -> Record:
    """Return, by the appointments' global ids, the banners that dialogs must show."""
    keys = [node_key(global_key)[1] for global_key in appointment_ids]
    read = await read_banners(keys, practice_id=practice_id, now=datetime.now(UTC))
    return {global_id(Appointment.__name__, key): _as_sent(banner) for key, banner in read.banners.items()}


def difference(dialog: Dialog, record: Record) -> str | None:
    """Return how the dialog differs from the record, or None."""
    right = record.get(dialog.appointment_id)
    if right is None:
        return None if dialog.is_gone else "it is open, and its appointment is gone"
    if dialog.is_gone:
        return "it was told that its appointment is gone"
    if not dialog.is_subscribed:
        return "it is not connected"
    if dialog.shown is None:
        return "it shows nothing"
    if dialog.shown["revision"] > right["revision"]:
        return f"it shows revision {dialog.shown['revision']}, and {right['revision']} is on record"
    return _difference(dialog.shown, right)


def lag(dialog: Dialog, record: Record) -> str | None:
    """Return how the dialog is behind a record after which more has changed, or None.

    It is not behind when it shows the same, or something newer. A newer state is held against a later record.
    """
    right = record.get(dialog.appointment_id)
    if dialog.is_gone:
        return None
    if right is None:
        return "it has not been told that its appointment is gone"
    if dialog.shown is None:
        return "it shows nothing"
    if dialog.shown["revision"] > right["revision"]:
        return None
    told = _difference(dialog.shown, right)
    return told and f"revision {dialog.shown['revision']}, on record {right['revision']}: {told}"


def contradiction(dialog: Dialog, record: Record) -> str | None:
    """Return how the dialog differs from the record of the very revision that it shows, or None."""
    right = record.get(dialog.appointment_id)
    if right is None or dialog.is_gone or dialog.known_revision != right["revision"]:
        return None
    return lag(dialog, record)


def _difference(shown: Shown, right: Shown) -> str | None:
    wrong = [name for name in right if name != "revision" and shown[name] != right[name]]
    return "; ".join(f"{name} {shown[name]}, right {right[name]}" for name in wrong) or None


async def faults_on_record(practice_id: UUID) -> list[str]:
    """Return what is wrong on record: by a recount in SQL, by the rules of tasks, and by the ledger's own plan."""
    now = datetime.now(UTC)
    clients = await within(Client, practice_id=practice_id)
    planned = await plan(clients, now=now)
    faults = [f"the ledger would note {noted.what} of {noted.subject_id}" for noted in planned.history]
    for what, query in RULES.items():
        given = [str(practice_id), now.astimezone(ZONE).date()] if "$2" in query else [str(practice_id)]
        faults += [f"{what}: {row}" for row in await database().execute_query_dict(query, given)]
    return faults


async def facts_denied(practice_id: UUID, believed: Mapping[Fact, Set[object]]) -> list[str]:
    """Return the facts that were confirmed to the front desk and are not on record."""
    facts = await _facts(practice_id)
    known = {fact: values for fact, values in believed.items() if UNKNOWN not in values}
    return [
        f"{name} of {subject}: {facts.get((subject, name), DELETED)} on record, and told {sorted(map(str, values))}"
        for (subject, name), values in known.items()
        if facts.get((subject, name), DELETED) not in values
        # When an appointment starts that is gone is on record nowhere; that it may be gone is a fact of its own.
        and not (name == STARTS_AT and (subject, name) not in facts)
    ]


async def hints_left(practice_id: UUID) -> int:
    """Return how many hints have not been relayed."""
    return await within(OutboxHint, practice_id=practice_id).count()


async def _facts(practice_id: UUID) -> dict[Fact, object]:
    facts: dict[Fact, object] = {}
    for appointment in await within(Appointment, practice_id=practice_id):
        key = global_id(Appointment.__name__, appointment.id)
        facts |= {(key, STATUS): appointment.status, (key, STARTS_AT): appointment.starts_at}
        facts[appointment.external_id or "", BOOKED] = True
    for tracker in await within(Tracker, practice_id=practice_id):
        key = global_id(Tracker.__name__, tracker.id)
        facts |= {(key, LIMIT): tracker.session_limit, (key, NOTE): tracker.note}
        facts[key, REMOVED] = tracker.removed_at is not None
        facts[tracker.note or "", SET] = True
    for completed in await within(HistoryEntry, practice_id=practice_id).filter(what="task.completed"):
        facts[global_id(Task.__name__, completed.subject_id), TASK_DONE] = True
    return facts


def _as_sent(banner: Banner) -> dict[str, Any]:
    """Return a banner as the API tells it."""
    trackers = [_tracker_as_sent(tracker) for tracker in banner.trackers]
    return {
        "revision": banner.revision,
        "appointmentId": global_id(Appointment.__name__, banner.appointment_id),
        "clientId": global_id(Client.__name__, banner.client_id),
        "trackers": trackers,
        "primary": {name: trackers[0][name] for name in ("trackerId", "used")} if trackers else None,
        "moreCount": max(0, len(trackers) - 1),
    }


def _tracker_as_sent(tracker: BannerTracker) -> dict[str, Any]:
    return {
        "trackerId": global_id(Tracker.__name__, tracker.tracker_id),
        "state": tracker.state,
        "sessionLimit": tracker.session_limit,
        "used": tracker.used,
        "remaining": tracker.remaining,
        "over": tracker.over,
        "sessionNumber": tracker.session_number,
        "beginDate": tracker.begin_date.isoformat(),
        "endDate": tracker.end_date and tracker.end_date.isoformat(),
        "note": tracker.note,
        "color": tracker.color,
    }
