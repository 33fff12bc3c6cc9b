"""Brings a batch of appointment lines onto record and settles the clients whose appointments changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from jobs.importing.bookings import REASONS, Booking, Decisions, OnRecord, Person, decide
from jobs.importing.known import appointments_under, client_keys_under
from jobs.importing.lines import AppointmentLine
from jobs.importing.summary import Outcome
from models.access import within
from models.appointments import Appointment, AppointmentRow, told
from models.bulk import insert_rows, update_rows
from models.calendar import local_date, zone_named
from models.clients import Client
from models.errors import Conflict
from models.history import Actor, Entry, HistoryEntry, entry
from models.identifiers import new_id
from models.ledger import lock, settle, settle_due
from models.practices import Practice, StaffMember
from models.terms import ChangeReason
from models.unit_of_work import unit_of_work

COLUMNS = ("client_id", "starts_at", "ends_at", "service_date", "status", "practitioner_id", "service")


async def apply_appointments(
    *, lines: Sequence[AppointmentLine], practice_id: UUID, actor: Actor, now: datetime
) -> Outcome:
    """Book and change the practice's appointments as the lines say, in one unit of work; none when nothing differs.

    Raises Conflict or ExternalIdTaken when others wrote at the same moment; nothing is changed then.
    """
    ids = [line.external_id for line in lines]
    seen = await _read(lines, appointments=ids, practice_id=practice_id)
    at_first = decide(lines, on_record=seen)
    concerned = at_first.reasons().keys()
    if not concerned:
        return _outcome(at_first)

    async def work() -> Outcome:
        clients = {client.id: client for client in await lock(concerned)}
        await settle_due(clients.values(), now=now)
        # Who books an appointment under one of the other ids at this moment is met by the constraint.
        on_record = await _read(lines, appointments=seen.appointments.keys(), practice_id=practice_id)
        decisions = at_first if on_record == seen else decide(lines, on_record=on_record)
        reasons = decisions.reasons()
        if not reasons.keys() <= clients.keys():
            raise Conflict("An appointment was given to another client at the same moment.")
        _keep_revisions_growing(decisions, clients)
        await _write(decisions, practice_id=practice_id, zone=on_record.zone, actor=actor, now=now)
        await _settle(reasons, clients, actor=actor, now=now)
        return _outcome(decisions)

    return await unit_of_work(work)


def _keep_revisions_growing(decisions: Decisions, clients: Mapping[UUID, Client]) -> None:
    """Let the revision of an appointment's dialog grow also where the appointment is given to another client."""
    for row, booking in decisions.changed:
        client = clients[booking.client_id]
        client.revision = max(client.revision, clients[row.client_id].revision)


async def _read(lines: Sequence[AppointmentLine], *, appointments: Collection[str], practice_id: UUID) -> OnRecord:
    emails = {line.practitioner_email for line in lines if line.practitioner_email}
    staff = within(StaffMember, practice_id=practice_id).filter(email__in=emails)
    people = await staff.values_list("email", "id", "active") if emails else []
    return OnRecord(
        zone=zone_named((await Practice.get(id=practice_id)).time_zone),
        clients=await client_keys_under(
            external_ids=(line.client_external_id for line in lines), practice_id=practice_id
        ),
        appointments=await appointments_under(external_ids=appointments, practice_id=practice_id),
        staff={email: Person(key, active) for email, key, active in people},
    )


async def _write(decisions: Decisions, *, practice_id: UUID, zone: ZoneInfo, actor: Actor, now: datetime) -> None:
    new = [_new(booking, practice_id=practice_id, zone=zone, now=now) for booking in decisions.new]
    changed = [(row, _changed(row, booking, zone=zone)) for row, booking in decisions.changed]
    history = [_noted("appointment.imported", row, actor=actor, now=now) for row in new]
    history += [_noted("appointment.updated", row, actor=actor, now=now, before=told(old)) for old, row in changed]
    await insert_rows(Appointment, new)
    await update_rows(Appointment, [row for _, row in changed], columns=COLUMNS)
    await insert_rows(HistoryEntry, history)


def _new(booking: Booking, *, practice_id: UUID, zone: ZoneInfo, now: datetime) -> AppointmentRow:
    return AppointmentRow(
        id=new_id(now=now),
        practice_id=practice_id,
        client_id=booking.client_id,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        service_date=local_date(booking.starts_at, zone=zone),
        status=booking.status,
        practitioner_id=booking.practitioner_id,
        service=booking.service,
        external_id=booking.external_id,
        created_at=now,
    )


def _changed(row: AppointmentRow, booking: Booking, *, zone: ZoneInfo) -> AppointmentRow:
    return replace(row, service_date=local_date(booking.starts_at, zone=zone), **booking._asdict())


def _noted(
    what: str, row: AppointmentRow, *, actor: Actor, now: datetime, before: Mapping[str, object] | None = None
) -> Entry:
    return entry(
        practice_id=row.practice_id,
        client_id=row.client_id,
        subject_id=row.id,
        what=what,
        actor=actor,
        at=now,
        before=before,
        after=told(row),
    )


async def _settle(
    reasons: Mapping[UUID, ChangeReason | None], clients: Mapping[UUID, Client], *, actor: Actor, now: datetime
) -> None:
    for because in REASONS:
        if concerned := [clients[client_id] for client_id, reason in reasons.items() if reason is because]:
            await settle(concerned, now=now, because=because, actor=actor)


def _outcome(decisions: Decisions) -> Outcome:
    return Outcome(len(decisions.new), len(decisions.changed), decisions.unchanged, decisions.refusals)
