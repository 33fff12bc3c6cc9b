"""A front desk that imports text as if it were a file, and looks at everything that is on record."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from jobs.importing.files import import_appointments, import_clients
from jobs.importing.formats import Format, open_appointments, open_clients
from jobs.importing.summary import ImportSummary
from jobs.verification import verify
from models.access import Viewer
from models.appointments import Appointment
from models.clients import Client
from models.database import database
from models.history import Actor
from models.practices import Practice, StaffMember
from models.terms import AppointmentStatus, Role
from models.tracker_settings import TrackerSettings
from models.trackers import Tracker
from resolvers import practices, staff, trackers
from tests.conftest import StillClock

IMPORTER = Actor("command line")
TABLES = (
    *("practice", "staff_member", "client", "appointment", "tracker", "closed_period", "task"),
    *("history_entry", "outbox_hint"),
)
HEADER = "external_id,client_external_id,starts_at,ends_at,status,practitioner_email,service"


@dataclass(slots=True)
class Desk:
    """Imports into one practice; keeps what the last import refused and how far it had read after each batch."""

    practice: Practice
    clock: StillClock
    refused: list[tuple[int, str]] = field(default_factory=list)

    @property
    def viewer(self) -> Viewer:
        """The practice's administrator."""
        return Viewer(self.practice.id, Role.ADMIN, "desk")

    async def clients(self, source: str | Iterable[bytes], *, file_format: Format = Format.NATIVE) -> ImportSummary:
        """Import clients."""
        self.refused = []
        return await import_clients(
            file=open_clients(pieces=pieces_of(source), file_format=file_format),
            practice_id=self.practice.id,
            actor=IMPORTER,
            clock=self.clock,
            refuse=lambda line, reason: self.refused.append((line, reason)),
        )

    async def appointments(
        self, source: str | Iterable[bytes], *, file_format: Format = Format.NATIVE
    ) -> ImportSummary:
        """Import appointments."""
        self.refused = []
        return await import_appointments(
            file=open_appointments(pieces=pieces_of(source), file_format=file_format),
            practice_id=self.practice.id,
            actor=IMPORTER,
            clock=self.clock,
            refuse=lambda line, reason: self.refused.append((line, reason)),
        )

    async def known(self, *external_ids: str) -> None:
        """Import clients with these external ids, each named by its own."""
        await self.clients("external_id,name\n" + "".join(f"{known},{known}\n" for known in external_ids))

    async def tracker(
        self, external_id: str, begin: date, end: date | None, *, limit: int = 12, auto_reset: bool = False
    ) -> Tracker:
        """Set a tracker on a client."""
        return await trackers.create(
            viewer=self.viewer,
            client_id=(await self.client(external_id)).id,
            settings=TrackerSettings(limit, begin, end, None, "#336699", auto_reset, None),
            now=self.clock.now(),
        )

    async def hire(self, email: str, *, active: bool = True) -> StaffMember:
        """Add a practitioner, perhaps one who has left again."""
        now = self.clock.now()
        person = await staff.create(viewer=self.viewer, name="Ida", email=email, role=Role.STAFF, now=now)
        if not active:
            await self.leave(person)
        return person

    async def leave(self, person: StaffMember) -> None:
        """Have somebody leave the practice."""
        now = self.clock.now()
        await staff.update(viewer=self.viewer, staff_member_id=person.id, changes={"active": False}, now=now)

    async def client(self, external_id: str) -> Client:
        """Return a client of the practice."""
        return await Client.get(practice_id=self.practice.id, external_id=external_id)

    async def appointment(self, external_id: str) -> Appointment:
        """Return an appointment of the practice."""
        return await Appointment.get(practice_id=self.practice.id, external_id=external_id)


async def open_desk(clock: StillClock, *, zone: str = "Europe/Zurich") -> Desk:
    """Found a practice."""
    practice = await practices.create(name="Harbour", time_zone=zone, actor=Actor("test"), now=clock.now())
    return Desk(practice, clock)


def session(
    external_id: str,
    client: str,
    starts_at: str = "2026-03-03T09:00",
    ends_at: str = "",
    status: AppointmentStatus | str = AppointmentStatus.COMPLETED,
    practitioner: str = "",
    service: str = "",
) -> str:
    """Return a line of appointments; without an end it lasts until 23:00 of its day."""
    return (
        f"{external_id},{client},{starts_at},{ends_at or starts_at[:10] + 'T23:00'},{status},{practitioner},{service}"
    )


def sessions(*lines: str) -> str:
    """Return a whole file of appointments."""
    return "\n".join([HEADER, *lines, ""])


def pieces_of(source: str | Iterable[bytes]) -> Iterable[bytes]:
    """Return text as a file's lines of bytes; anything else as it is."""
    return source.encode().splitlines(keepends=True) if isinstance(source, str) else source


async def everything() -> dict[str, list[tuple[tuple[str, Any], ...]]]:
    """Return every row of every table."""
    return {
        table: sorted(
            (tuple(row.items()) for row in await database().execute_query_dict(f"SELECT * FROM {table}")), key=repr
        )
        for table in TABLES
    }


async def differences(desk: Desk) -> int:
    """Recount everything and return how much of the record is wrong."""
    return sum([len(found) async for _clients, found in verify(now=desk.clock.now())])
