"""The practice that all contenders serve: many clients alike, each with two trackers and a few completed sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from tortoise.models import Model

from graph.auth import issue_token
from graph.ids import global_id
from models.access import Viewer
from models.appointments import Appointment
from models.bulk import insert_rows
from models.calendar import local_date
from models.clients import Client
from models.database import connected, migrate
from models.history import Actor
from models.identifiers import new_id
from models.terms import AppointmentStatus, Role
from models.tracker_settings import TrackerSettings
from models.trackers import Tracker
from resolvers import appointments, clients, practices, staff, trackers

M = TypeVar("M", bound=Model)

SECRET: Final = "a secret of the benchmark, long enough to sign with"
ACTOR: Final = Actor("bench")
ZONE: Final = "Europe/Zurich"
DAY: Final = timedelta(days=1)
DIALOGS_EACH: Final = 100
DAYS_LEFT: Final = 60
LIFETIME: Final = timedelta(hours=12)
CROWDED: Final = {"SOCKETS_PER_ADDRESS": "100000", "OPERATIONS_PER_SECOND": "100000"}
"""What a server is told that is to be measured: thousands of dialogs are opened from this one machine."""


@dataclass(frozen=True, slots=True)
class Person:
    """One client: its key, and the global ids of the appointment of its dialog and of one to complete and reopen."""

    key: UUID
    dialog: str
    booked: str

    @property
    def node_id(self) -> str:
        """The client's global id."""
        return global_id(Client.__name__, self.key)


@dataclass(frozen=True, slots=True)
class House:
    """The practice in its database, and a token for each administrator: a person may open so many dialogs only."""

    database_url: str
    practice_id: UUID
    tokens: Sequence[str]
    people: Sequence[Person]


async def settle_in(
    database_url: str, *, clients_wanted: int, dialogs_wanted: int, now: datetime, days_left: int = DAYS_LEFT
) -> House:
    """Make the database and the practice in it; of each client's two trackers one ends in so many days."""
    async with connected(database_url):
        await migrate(database_url)
        practice = await practices.create(name="Harbour", time_zone=ZONE, actor=ACTOR, now=now)
        admins = [await _admin(practice.id, place, now=now) for place in range(1 + dialogs_wanted // DIALOGS_EACH)]
        first = await _first_client(Viewer(practice.id, Role.ADMIN, ACTOR.label), now=now, days_left=days_left)
        people = await _copies(first, clients_wanted, now=now)
    tokens = [
        issue_token(secret=SECRET, practice_id=practice.id, now=now, lifetime=LIFETIME, staff_member_id=admin)
        for admin in admins
    ]
    return House(database_url, practice.id, tokens, people)


async def _admin(practice_id: UUID, place: int, *, now: datetime) -> UUID:
    email = f"desk{place}@harbour.example"
    row = await staff.add(
        practice_id=practice_id, actor=ACTOR, name=f"Desk {place}", email=email, role=Role.ADMIN, now=now
    )
    return row.id


async def _first_client(viewer: Viewer, *, now: datetime, days_left: int) -> UUID:
    """Create one client by the use cases."""
    today = local_date(now, zone=ZoneInfo(ZONE))
    begin = today - 20 * DAY
    client = await clients.create(viewer=viewer, name="Mara Keller", external_id=None, now=now)
    for settings in (
        TrackerSettings(
            12, begin, today + days_left * DAY, "Insurer: twelve sessions, then ask", "#2A7F62", False, None
        ),
        TrackerSettings(36, date(today.year - 1, 1, 1), None, "Supplementary insurance", "#3366CC", False, None),
    ):
        await trackers.create(viewer=viewer, client_id=client.id, settings=settings, now=now)
    days = (0, 4, 8, 12, 16, 18, 19)
    for place, since in enumerate(days):
        starts_at = datetime.combine(begin + since * DAY, time(9), tzinfo=ZoneInfo(ZONE))
        row = await appointments.schedule(
            viewer=viewer, client_id=client.id, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45),
            practitioner_id=None, service="Physiotherapy", external_id=None, now=now,
        )  # fmt: skip
        if place < len(days) - 1:
            status = AppointmentStatus.COMPLETED
            await appointments.set_status(viewer=viewer, appointment_id=row.id, status=status, now=now)
    return client.id


async def _copies(client_id: UUID, wanted: int, *, now: datetime) -> list[Person]:
    """Copy the client and what belongs to it, rows and all, until there are enough."""
    client = await Client.get(id=client_id)
    own_trackers = await Tracker.filter(client_id=client_id)
    own_appointments = await Appointment.filter(client_id=client_id).order_by("starts_at")
    people, copies, tracker_copies, appointment_copies = [], [], [], []
    for _ in range(wanted):
        copy = _copy(client, id=new_id(now=now))
        booked = [_copy(row, id=new_id(now=now), client_id=copy.id) for row in own_appointments]
        copies.append(copy)
        tracker_copies += [_copy(row, id=new_id(now=now), client_id=copy.id) for row in own_trackers]
        appointment_copies += booked
        shown, open_one = booked[-2], booked[-1]
        people.append(Person(copy.id, *(global_id(Appointment.__name__, row.id) for row in (shown, open_one))))
    await insert_rows(Client, copies)
    await insert_rows(Tracker, tracker_copies)
    await insert_rows(Appointment, appointment_copies)
    return people


def _copy(row: M, **changes: object) -> M:
    columns = {column: getattr(row, column) for column in row._meta.db_fields}
    return type(row)(**columns | changes)
