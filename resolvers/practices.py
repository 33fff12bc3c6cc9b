"""The practice: create, rename, move to another time zone."""

from datetime import datetime
from uuid import UUID

from models.access import Viewer
from models.appointments import Appointment
from models.bulk import update_rows
from models.calendar import local_date, zone_named
from models.clients import Client
from models.errors import DomainError, Invalid, refuse
from models.history import Actor, record
from models.identifiers import new_id
from models.ledger import CHUNK, lock, settle, settle_due
from models.practices import Practice
from models.terms import ChangeReason
from models.text import MAX_TEXT, text_problems, tidy
from models.trackers import Tracker
from models.unit_of_work import unit_of_work
from resolvers.permissions import Permission, authorize


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
    authorize(viewer, Permission.READ)
    return await Practice.get(id=viewer.practice_id)


async def update(*, viewer: Viewer, changes: dict[str, str], now: datetime) -> Practice:
    """Change the name or the time zone; `changes` holds only what was given.

    In another zone every appointment has its service date anew and every client is settled; what is due in the old
    zone is settled first, and a closed period stays closed. Raises Invalid.
    """
    authorize(viewer, Permission.MANAGE_PRACTICE)

    async def work() -> Practice:
        row = await Practice.filter(id=viewer.practice_id).select_for_update(no_key=True).get()
        before = _told(row)
        refuse(_problems(changes.get("name", row.name), changes.get("time_zone", row.time_zone)))
        row.update_from_dict({column: tidy(text) for column, text in changes.items()})
        if _told(row) == before:
            return row
        if row.time_zone != before["timeZone"]:
            await _settle_before_move(row.id, now=now)
        await row.save(update_fields=["name", "time_zone"])
        await record(row, "practice.updated", actor=viewer.actor, at=now, before=before, after=_told(row))
        if row.time_zone != before["timeZone"]:
            await _move_service_dates(row)
            await _settle_after_move(row.id, viewer, now=now)
        return row

    return await unit_of_work(work)


async def _settle_before_move(practice_id: UUID, *, now: datetime) -> None:
    ids = [client.id for client in await Client.filter(practice_id=practice_id).order_by("id").only("id")]
    for start in range(0, len(ids), CHUNK):
        await settle_due(await lock(ids[start : start + CHUNK]), now=now)


async def _move_service_dates(practice: Practice) -> None:
    zone = zone_named(practice.time_zone)
    last: UUID | None = None
    while rows := await _appointments_after(practice.id, last):
        moved = []
        for row in rows:
            service_date = local_date(row.starts_at, zone=zone)
            if service_date != row.service_date:
                row.service_date = service_date
                moved.append(row)
        await update_rows(Appointment, moved, columns=["service_date"])
        last = rows[-1].id


async def _appointments_after(practice_id: UUID, last: UUID | None) -> list[Appointment]:
    rows = Appointment.filter(practice_id=practice_id)
    return await (rows if last is None else rows.filter(id__gt=last)).order_by("id").limit(CHUNK)


async def _settle_after_move(practice_id: UUID, viewer: Viewer, *, now: datetime) -> None:
    tracked = await Tracker.filter(practice_id=practice_id, removed_at=None).distinct().values_list("client_id")
    ids = [client_id for (client_id,) in tracked]
    for start in range(0, len(ids), CHUNK):
        clients = await Client.filter(id__in=ids[start : start + CHUNK])
        await settle(clients, now=now, because=ChangeReason.CORRECTION, actor=viewer.actor)


def _problems(name: str, time_zone: str) -> list[DomainError]:
    problems = text_problems(tidy(name), longest=MAX_TEXT, field="name")
    try:
        zone_named(time_zone)
    except ValueError as error:
        problems.append(Invalid(str(error), path=["timeZone"]))
    return problems


def _told(row: Practice) -> dict[str, object]:
    return {"name": row.name, "timeZone": row.time_zone}
