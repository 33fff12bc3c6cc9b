"""A practice to act on, and short ways to act in it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from uuid import UUID

from models.access import Viewer
from models.appointments import Appointment
from models.clients import Client
from models.history import Actor, HistoryEntry
from models.practices import Practice, StaffMember
from models.terms import AppointmentStatus, Role
from models.tracker_settings import TrackerSettings
from models.trackers import Tracker
from resolvers import appointments, clients, practices, staff, tracker_edits, trackers
from tests.conftest import StillClock

ACTOR = Actor("tests")
MARCH = TrackerSettings(
    session_limit=12,
    begin_date=date(2026, 3, 1),
    end_date=date(2026, 3, 31),
    note="Referral",
    color="#336699",
    auto_reset=True,
    task_rule=None,
)


@dataclass
class Scene:
    """A practice in Zurich with an administrator, on Wednesday 4 March 2026 at 11:00."""

    practice: Practice
    nora: StaffMember
    clock: StillClock
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def viewer(self) -> Viewer:
        """The administrator, signed in."""
        return Viewer(self.practice.id, Role.ADMIN, self.nora.name, self.nora.id)

    async def client(self, name: str = "Mara Keller", *, external_id: str | None = None) -> Client:
        """Create a client."""
        return await clients.create(viewer=self.viewer, name=name, external_id=external_id, now=self.clock.now())

    async def appointment(self, client_id: UUID, *, day: int = 0, completed: bool = False) -> Appointment:
        """Book an hour, at this time of the day some days from today; each call a minute after the one before."""
        starts_at = self.clock.now() + timedelta(days=day, minutes=next(self._numbers))
        row = await appointments.schedule(
            viewer=self.viewer,
            client_id=client_id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            practitioner_id=None,
            service=None,
            external_id=None,
            now=self.clock.now(),
        )
        return await self.set_status(row.id, AppointmentStatus.COMPLETED) if completed else row

    async def set_status(self, appointment_id: UUID, status: AppointmentStatus) -> Appointment:
        """Say what became of an appointment."""
        return await appointments.set_status(
            viewer=self.viewer, appointment_id=appointment_id, status=status, now=self.clock.now()
        )

    async def complete(self, appointment_id: UUID) -> Appointment:
        """Complete an appointment."""
        return await self.set_status(appointment_id, AppointmentStatus.COMPLETED)

    async def delete(self, appointment_id: UUID) -> UUID:
        """Delete an appointment."""
        return await appointments.delete(viewer=self.viewer, appointment_id=appointment_id, now=self.clock.now())

    async def tracker(self, client_id: UUID, settings: TrackerSettings = MARCH) -> Tracker:
        """Set a tracker on a client."""
        return await trackers.create(viewer=self.viewer, client_id=client_id, settings=settings, now=self.clock.now())

    async def edit(self, row: Tracker, settings: TrackerSettings, *names: str, guarded: bool = False) -> Tracker:
        """Edit the named settings; `guarded` refuses when the tracker is not as `row` has it."""
        return await tracker_edits.update(
            viewer=self.viewer,
            tracker_id=row.id,
            changes=tracker_edits.TrackerChanges(frozenset(names), settings),
            expected_updated_at=row.updated_at if guarded else None,
            now=self.clock.now(),
        )

    async def remove(self, tracker_id: UUID) -> Tracker:
        """Remove a tracker."""
        return await trackers.remove(viewer=self.viewer, tracker_id=tracker_id, now=self.clock.now())

    async def read(self, client_id: UUID) -> Client:
        """Read a client, settled."""
        client = await clients.get(viewer=self.viewer, client_id=client_id, now=self.clock.now())
        assert client is not None
        return client


async def set_scene(clock: StillClock, *, name: str = "Harbour", zone: str = "Europe/Zurich") -> Scene:
    """Create a practice with one administrator in the connected database."""
    practice = await practices.create(name=name, time_zone=zone, actor=ACTOR, now=clock.now())
    nora = await staff.add(
        practice_id=practice.id,
        actor=ACTOR,
        name="Nora Brandt",
        email="nora@harbour.example",
        role=Role.ADMIN,
        now=clock.now(),
    )
    return Scene(practice, nora, clock)


async def told(subject_id: UUID, *, what: str | None = None) -> list[str]:
    """Return what history tells of a subject, oldest first."""
    entries = HistoryEntry.filter(subject_id=subject_id)
    rows = await (entries.filter(what=what) if what else entries).order_by("at", "id")
    return [row.what for row in rows]


async def rename(practice_id: UUID, name: str) -> str:
    """Rename a practice, past the use cases, and return the name."""
    await Practice.filter(id=practice_id).update(name=name)
    return name


async def name_of(practice_id: UUID) -> str:
    """Return a practice's name."""
    return (await Practice.get(id=practice_id)).name
