"""Appointments: find, list, schedule, move, and say what became of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from jobs.rollover import bring_practice_up_to_date
from models.access import Viewer, find, within
from models.appointments import Appointment, length_problems
from models.calendar import zone_named
from models.clients import Client
from models.constraints import EXTERNAL_ID_TAKEN
from models.errors import Conflict, DomainError, ExternalIdTaken, Invalid, refuse
from models.history import record
from models.identifiers import new_id
from models.ledger import bring_client_up_to_date, enter, settle
from models.paging import Page, read_page
from models.terms import AppointmentStatus, ChangeReason
from models.text import MAX_TEXT, text_problems, tidy
from models.tracker_settings import EARLIEST, LATEST
from models.unit_of_work import unit_of_work
from models.windows import BY_START
from resolvers.permissions import Operation, authorize
from resolvers.staff import active_staff_member

SAYING: Final[Mapping[AppointmentStatus, Operation]] = {
    AppointmentStatus.COMPLETED: Operation.COMPLETE_APPOINTMENT,
    AppointmentStatus.CANCELLED: Operation.CANCEL_APPOINTMENT,
    AppointmentStatus.MISSED: Operation.MARK_APPOINTMENT_MISSED,
    AppointmentStatus.SCHEDULED: Operation.REOPEN_APPOINTMENT,
}


async def get(*, viewer: Viewer, appointment_id: UUID, now: datetime) -> Appointment | None:
    """Return the appointment, its client settled, or None when the practice has no such appointment."""
    authorize(viewer, Operation.APPOINTMENT)
    rows = within(Appointment, practice_id=viewer.practice_id).filter(id=appointment_id)
    row = await rows.get_or_none()
    if row is None:
        return None
    await bring_client_up_to_date(row.client_id, practice_id=viewer.practice_id, now=now)
    return await rows.get_or_none()  # Its service date may have moved with its client, by whomever.


async def page(
    *,
    viewer: Viewer,
    from_date: date | None,
    to_date: date | None,
    status: Sequence[AppointmentStatus] | None,
    client_id: UUID | None,
    first: int,
    after: str | None,
    now: datetime,
) -> Page[Appointment]:
    """Return appointments by their start; dates are service dates, both included."""
    authorize(viewer, Operation.APPOINTMENTS)
    await bring_practice_up_to_date(viewer.practice_id, now=now)
    rows = within(Appointment, practice_id=viewer.practice_id)
    if from_date is not None:
        rows = rows.filter(service_date__gte=from_date)
    if to_date is not None:
        rows = rows.filter(service_date__lte=to_date)
    if status is not None:
        rows = rows.filter(status__in=list(status))
    if client_id is not None:
        rows = rows.filter(client_id=client_id)
    return await read_page(rows, order=BY_START, first=first, after=after)


async def schedule(
    *,
    viewer: Viewer,
    client_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    practitioner_id: UUID | None,
    service: str | None,
    external_id: str | None,
    now: datetime,
) -> Appointment:
    """Book a session for a client.

    Raises NotFound for the client or the practitioner, EndBeforeBegin, Invalid, ExternalIdTaken.
    """
    authorize(viewer, Operation.SCHEDULE_APPOINTMENT)
    service, external_id = tidy(service), tidy(external_id)
    refuse(
        [
            *_time_problems(starts_at, ends_at),
            *text_problems(service, longest=MAX_TEXT, field="service", optional=True),
            *text_problems(external_id, longest=MAX_TEXT, field="externalId", optional=True),
        ]
    )

    async def work() -> Appointment:
        client = await enter(client_id, practice_id=viewer.practice_id, now=now)
        if practitioner_id is not None:
            await active_staff_member(practitioner_id, practice_id=client.practice_id, path=("practitionerId",))
        row = Appointment(
            id=new_id(now=now),
            practice_id=client.practice_id,
            client_id=client.id,
            practitioner_id=practitioner_id,
            service=service,
            external_id=external_id,
            created_at=now,
        )
        await _check_external_id(row)
        _place(row, client, starts_at=starts_at, ends_at=ends_at)
        await row.save(force_create=True)
        await record(row, "appointment.scheduled", actor=viewer.actor, at=now, before=None, after=row.told())
        await settle([client], now=now)
        return row

    return await unit_of_work(work)


async def reschedule(
    *, viewer: Viewer, appointment_id: UUID, starts_at: datetime, ends_at: datetime, now: datetime
) -> Appointment:
    """Move an appointment; one that is complete counts on its new day.

    Raises NotFound, EndBeforeBegin, Invalid.
    """
    authorize(viewer, Operation.RESCHEDULE_APPOINTMENT)
    refuse(_time_problems(starts_at, ends_at))

    async def work() -> Appointment:
        client, row = await _enter(viewer, appointment_id, now=now)
        if (row.starts_at, row.ends_at) == (starts_at, ends_at):
            return row
        before = row.told()
        _place(row, client, starts_at=starts_at, ends_at=ends_at)
        await row.save(update_fields=["starts_at", "ends_at", "service_date"])
        await record(row, "appointment.rescheduled", actor=viewer.actor, at=now, before=before, after=row.told())
        await settle([client], now=now, because=ChangeReason.CORRECTION, actor=viewer.actor)
        return row

    return await unit_of_work(work)


async def set_status(*, viewer: Viewer, appointment_id: UUID, status: AppointmentStatus, now: datetime) -> Appointment:
    """Say what became of an appointment; saying it again changes nothing.

    Raises NotFound.
    """
    authorize(viewer, SAYING[status])

    async def work() -> Appointment:
        client, row = await _enter(viewer, appointment_id, now=now)
        if row.status is status:
            return row
        before = row.told()
        row.status = status
        await row.save(update_fields=["status"])
        what = f"appointment.{status.lower()}"
        await record(row, what, actor=viewer.actor, at=now, before=before, after=row.told())
        completion = status is AppointmentStatus.COMPLETED
        because = ChangeReason.COMPLETION if completion else ChangeReason.CORRECTION
        await settle([client], now=now, because=because, actor=viewer.actor)
        return row

    return await unit_of_work(work)


async def delete(*, viewer: Viewer, appointment_id: UUID, now: datetime) -> UUID:
    """Delete an appointment and return its id; history keeps what it was.

    Raises NotFound.
    """
    authorize(viewer, Operation.DELETE_APPOINTMENT)

    async def work() -> UUID:
        client, row = await _enter(viewer, appointment_id, now=now)
        await row.delete()
        await record(row, "appointment.deleted", actor=viewer.actor, at=now, before=row.told(), after=None)
        await settle([client], now=now, because=ChangeReason.CORRECTION, actor=viewer.actor)
        return row.id

    return await unit_of_work(work)


async def _enter(viewer: Viewer, appointment_id: UUID, *, now: datetime) -> tuple[Client, Appointment]:
    """Lock the appointment's client, settled, and read the appointment as it stands under that lock."""
    path = ("appointmentId",)
    row = await find(Appointment, appointment_id, practice_id=viewer.practice_id, path=path)
    client = await enter(row.client_id, practice_id=viewer.practice_id, now=now)
    row = await find(Appointment, appointment_id, practice_id=viewer.practice_id, path=path)
    if row.client_id != client.id:
        raise Conflict("The appointment was given to another client at this moment: try again.", path=path)
    return client, row


def _place(row: Appointment, client: Client, *, starts_at: datetime, ends_at: datetime) -> None:
    row.place(starts_at=starts_at.astimezone(UTC), ends_at=ends_at.astimezone(UTC), zone=zone_named(client.time_zone))


def _time_problems(starts_at: datetime, ends_at: datetime) -> Sequence[DomainError]:
    for field, moment in (("startsAt", starts_at), ("endsAt", ends_at)):
        if not EARLIEST <= moment.date() <= LATEST:
            return [Invalid(f"An appointment lies between {EARLIEST} and {LATEST}.", path=[field])]
    return length_problems(starts_at, ends_at)


async def _check_external_id(row: Appointment) -> None:
    if row.external_id is None:
        return
    if await within(Appointment, practice_id=row.practice_id).filter(external_id=row.external_id).exists():
        raise ExternalIdTaken(EXTERNAL_ID_TAKEN, path=["externalId"])
