"""Decides what a batch of appointment lines means, given what is on record. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from jobs.importing.lines import AppointmentLine
from jobs.importing.records import Refusal
from jobs.importing.times import check_length, instant_of
from models.appointments import AppointmentRow
from models.errors import Invalid
from models.terms import AppointmentStatus, ChangeReason

REASONS: Final = (None, ChangeReason.CORRECTION, ChangeReason.COMPLETION)


class Person(NamedTuple):
    """A staff member whom lines name."""

    id: UUID
    active: bool


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What a practice has on record for some lines: by external id, of clients the keys; staff by email address."""

    zone: ZoneInfo
    clients: Mapping[str, UUID]
    appointments: Mapping[str, AppointmentRow]
    staff: Mapping[str, Person]


class Booking(NamedTuple):
    """An appointment as it is to be; times are UTC."""

    external_id: str | None
    client_id: UUID
    starts_at: datetime
    ends_at: datetime
    status: AppointmentStatus
    practitioner_id: UUID | None
    service: str | None


@dataclass(slots=True)
class Decisions:
    """What is to be booked anew, what is to be changed and into what, what stays, and what is refused."""

    new: list[Booking] = field(default_factory=list)
    changed: list[tuple[AppointmentRow, Booking]] = field(default_factory=list)
    unchanged: int = 0
    refusals: list[Refusal] = field(default_factory=list)

    def reasons(self) -> dict[UUID, ChangeReason | None]:
        """Return the clients whose appointments change, also those who lose one to another client, and why.

        Where there are several reasons, a completion goes before a correction, and that before a booking, which has
        none.
        """
        found: dict[UUID, ChangeReason | None] = {}
        for client_id, because in self._reasons():
            if (known := found.get(client_id)) is not REASONS[-1]:
                found[client_id] = max(known, because, key=REASONS.index)
        return found

    def _reasons(self) -> Iterator[tuple[UUID, ChangeReason | None]]:
        for booking in self.new:
            yield booking.client_id, ChangeReason.COMPLETION if booking.status is AppointmentStatus.COMPLETED else None
        for row, booking in self.changed:
            completed = row.status is not booking.status is AppointmentStatus.COMPLETED
            yield row.client_id, ChangeReason.CORRECTION
            yield booking.client_id, ChangeReason.COMPLETION if completed else ChangeReason.CORRECTION


def decide(lines: Sequence[AppointmentLine], *, on_record: OnRecord) -> Decisions:
    """Compare each line with what is on record."""
    decisions = Decisions()
    for line in lines:
        row = on_record.appointments.get(line.external_id)
        try:
            booking = _booking(line, row, on_record)
        except Invalid as problem:
            decisions.refusals.append(Refusal(line.line, problem.message))
            continue
        if row is None:
            decisions.new.append(booking)
        elif booking != booked(row):
            decisions.changed.append((row, booking))
        else:
            decisions.unchanged += 1
    return decisions


def booked(row: AppointmentRow) -> Booking:
    """Return the appointment as it is."""
    return Booking(
        external_id=row.external_id,
        client_id=row.client_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        status=row.status,
        practitioner_id=row.practitioner_id,
        service=row.service,
    )


def _booking(line: AppointmentLine, row: AppointmentRow | None, on_record: OnRecord) -> Booking:
    client_id = on_record.clients.get(line.client_external_id)
    if client_id is None:
        raise Invalid(f"There is no client with the external id {line.client_external_id!r} in this practice.")
    starts_at = instant_of(line.starts_at, zone=on_record.zone, column="The start")
    ends_at = instant_of(line.ends_at, zone=on_record.zone, column="The end")
    check_length(starts_at, ends_at, longest=line.longest)
    return Booking(
        external_id=line.external_id,
        client_id=client_id,
        starts_at=starts_at,
        ends_at=ends_at,
        status=line.status or (row.status if row else AppointmentStatus.SCHEDULED),
        practitioner_id=_practitioner_id(line, row, on_record),
        service=line.service if line.tells_service or row is None else row.service,
    )


def _practitioner_id(line: AppointmentLine, row: AppointmentRow | None, on_record: OnRecord) -> UUID | None:
    known = row.practitioner_id if row else None
    if not line.tells_practitioner:
        return known
    if line.practitioner_email is None:
        return None
    person = on_record.staff.get(line.practitioner_email)
    if person is None:
        raise Invalid(f"There is no staff member {line.practitioner_email} in this practice.")
    # Whoever has left keeps the appointments they had: those must still be cancelled or corrected.
    if not person.active and person.id != known:
        raise Invalid(f"The staff member {line.practitioner_email} is not active.")
    return person.id
