"""Appointments: booked sessions of a client, each on its service date."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.calendar import local_date
from models.clients import Client
from models.errors import DomainError, EndBeforeBegin, Invalid
from models.practices import Practice, StaffMember
from models.terms import AppointmentStatus

LONGEST: Final = timedelta(days=1)


class Appointment(Model):
    """One booked session of one client. `service_date` is the date of its start in the practice's time zone."""

    id = fields.UUIDField(primary_key=True)
    practice: fields.ForeignKeyRelation[Practice] = fields.ForeignKeyField(
        "models.Practice", on_delete=fields.OnDelete.RESTRICT
    )
    practice_id: UUID
    client: fields.ForeignKeyRelation[Client] = fields.ForeignKeyField(
        "models.Client", on_delete=fields.OnDelete.RESTRICT
    )
    client_id: UUID
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    service_date = fields.DateField()
    status = fields.CharEnumField(AppointmentStatus, max_length=16, default=AppointmentStatus.SCHEDULED)
    practitioner: fields.ForeignKeyNullableRelation[StaffMember] = fields.ForeignKeyField(
        "models.StaffMember", null=True, on_delete=fields.OnDelete.RESTRICT
    )
    practitioner_id: UUID | None
    service = fields.CharField(max_length=200, null=True)
    external_id = fields.CharField(max_length=200, null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "appointment"
        constraints = (
            UniqueConstraint(fields=("practice_id", "external_id"), name="appointment_external_id_is_unique"),
            CheckConstraint(check="starts_at <= ends_at", name="appointment_ends_after_it_starts"),
        )
        indexes = (
            Index(fields=("client_id", "service_date"), name="appointment_by_client"),
            Index(fields=("practice_id", "starts_at", "id"), name="appointment_by_start"),
        )

    def told(self) -> dict[str, object]:
        """Return the appointment as history records it."""
        return told(self)

    def place(self, *, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> None:
        """Set when the session takes place, and with it the service date."""
        self.starts_at, self.ends_at = starts_at, ends_at
        self.service_date = local_date(starts_at, zone=zone)


@dataclass(slots=True)
class AppointmentRow:
    """A new appointment, whole, where thousands are made."""

    id: UUID
    practice_id: UUID
    client_id: UUID
    starts_at: datetime
    ends_at: datetime
    service_date: date
    status: AppointmentStatus
    practitioner_id: UUID | None
    service: str | None
    external_id: str | None
    created_at: datetime


def told(row: Appointment | AppointmentRow) -> dict[str, object]:
    """Return an appointment as history records it."""
    return {
        "status": row.status,
        "startsAt": row.starts_at,
        "endsAt": row.ends_at,
        "serviceDate": row.service_date,
        "clientId": str(row.client_id),
        "practitionerId": row.practitioner_id and str(row.practitioner_id),
        "service": row.service,
    }


def length_problems(
    starts_at: datetime, ends_at: datetime, *, longest: timedelta | None = LONGEST
) -> list[DomainError]:
    """Return what is wrong with an appointment's length; `longest` of None is for stays that another system records."""
    if ends_at <= starts_at:
        told = "The appointment ends after it starts, not before or at the same moment."
        return [EndBeforeBegin(told, path=["endsAt"])]
    if longest is not None and ends_at - starts_at > longest:
        return [Invalid("An appointment lasts at most a day.", path=["endsAt"])]
    return []
