"""The practice: create, rename, move to another time zone."""

from datetime import datetime

from models.access import Viewer, within
from models.calendar import zone_named
from models.clients import Client
from models.errors import DomainError, Invalid, refuse
from models.history import Actor, record
from models.identifiers import new_id
from models.moves import mark_clients
from models.practices import Practice
from models.text import MAX_TEXT, text_problems, tidy
from models.unit_of_work import unit_of_work
from resolvers.permissions import Operation, authorize


async def create(*, name: str, time_zone: str, actor: Actor, now: datetime) -> Practice:
    """Create a practice.

    Raises Invalid for a bad name or an unknown time zone.
    """
    refuse(_problems(name, time_zone))
    row = Practice(id=new_id(now=now), name=tidy(name), time_zone=time_zone, created_at=now)

    async def work() -> Practice:
        await row.save(force_create=True)
        await record(row, "practice.created", actor=actor, at=now, before=None, after=_told(row))
        return row

    return await unit_of_work(work)


async def get(*, viewer: Viewer) -> Practice:
    """Return the viewer's practice."""
    authorize(viewer, Operation.PRACTICE)
    return await Practice.get(id=viewer.practice_id)


async def update(*, viewer: Viewer, changes: dict[str, str], now: datetime) -> Practice:
    """Change the name or the time zone; `changes` holds only what was given.

    To another zone the clients follow one after another, as anybody reads them or the worker comes to them: each
    appointment has its service date anew, and each client is settled; what was due in the old zone is settled first,
    and a closed period stays closed. Raises Invalid.
    """
    authorize(viewer, Operation.UPDATE_PRACTICE)

    async def work() -> Practice:
        row = await Practice.filter(id=viewer.practice_id).select_for_update(no_key=True).get()
        before = _told(row)
        refuse(_problems(changes.get("name", row.name), changes.get("time_zone", row.time_zone)))
        row.update_from_dict({column: tidy(text) for column, text in changes.items()})
        if _told(row) == before:
            return row
        if row.time_zone != before["timeZone"]:
            row.moved_at = now
            await mark_clients(row.id, now=now)
        await row.save(update_fields=["name", "time_zone", "moved_at"])
        await record(row, "practice.updated", actor=viewer.actor, at=now, before=before, after=_told(row))
        return row

    return await unit_of_work(work)


async def clients_to_move(practice: Practice) -> int:
    """Return how many clients are still kept in an earlier time zone than the practice's."""
    return await within(Client, practice_id=practice.id).exclude(time_zone=practice.time_zone).count()


def _problems(name: str, time_zone: str) -> list[DomainError]:
    problems = text_problems(tidy(name), longest=MAX_TEXT, field="name")
    try:
        zone_named(time_zone)
    except ValueError as error:
        problems.append(Invalid(str(error), path=["timeZone"]))
    return problems


def _told(row: Practice) -> dict[str, object]:
    return {"name": row.name, "timeZone": row.time_zone}
