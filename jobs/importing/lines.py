"""What a line of a file says about a client or an appointment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from models.terms import AppointmentStatus


class Line(Protocol):
    """A line that names the record it is about."""

    @property
    def line(self) -> int:
        """Its number in the file."""

    @property
    def external_id(self) -> str:
        """The record's id in the system that the file comes from."""


@dataclass(frozen=True, slots=True)
class ClientLine:
    """A client as a file tells it."""

    line: int
    external_id: str
    name: str


@dataclass(frozen=True, slots=True)
class AppointmentLine:
    """An appointment as a file tells it.

    A naive time is on the practice's clocks. A `status` of None is not told, nor are the practitioner and the service
    when `tells_practitioner` or `tells_service` is False: what is on record stays. `longest` limits its length.
    """

    line: int
    external_id: str
    client_external_id: str
    starts_at: datetime
    ends_at: datetime
    status: AppointmentStatus | None
    practitioner_email: str | None
    tells_practitioner: bool
    service: str | None
    tells_service: bool
    longest: timedelta | None
