"""What a line of a file says about a client or an appointment, and its short form while the file is read."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple, Protocol

import orjson

from models.appointments import LONGEST
from models.terms import AppointmentStatus


class Line(Protocol):
    """A line that names the record it is about, and the client whom that is of."""

    @property
    def line(self) -> int:
        """Its number in the file."""

    @property
    def external_id(self) -> str:
        """The record's id in the system that the file comes from."""

    @property
    def client_external_id(self) -> str:
        """The client's id there."""

    def packed(self) -> bytes:
        """Return the line in its short form."""


class ClientLine(NamedTuple):
    """A client as a file tells it."""

    line: int
    external_id: str
    name: str

    @property
    def client_external_id(self) -> str:
        """The client's own id."""
        return self.external_id

    def packed(self) -> bytes:
        """Return the line in its short form."""
        return orjson.dumps(tuple(self))


class AppointmentLine(NamedTuple):
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

    def packed(self) -> bytes:
        """Return the line in its short form."""
        return orjson.dumps((*self[:-1], self.longest is not None))


STATUSES: Final[Mapping[str | None, AppointmentStatus | None]] = {
    None: None,
    **{each.value: each for each in AppointmentStatus},
}


def unpacked_client(told: bytes) -> ClientLine:
    """Return the line of which this is the short form."""
    return ClientLine(*orjson.loads(told))


def unpacked_appointment(told: bytes) -> AppointmentLine:
    """Return the line of which this is the short form."""
    line, external_id, client, starts_at, ends_at, status, email, tells_email, service, tells_service, limited = (
        orjson.loads(told)
    )
    return AppointmentLine(
        line=line,
        external_id=external_id,
        client_external_id=client,
        starts_at=datetime.fromisoformat(starts_at),
        ends_at=datetime.fromisoformat(ends_at),
        status=STATUSES[status],
        practitioner_email=email,
        tells_practitioner=tells_email,
        service=service,
        tells_service=tells_service,
        longest=LONGEST if limited else None,
    )
