"""The words in which nights are told: only the worker looks, and what it left is read off the rows themselves."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from jobs.rollover import Rollover
from jobs.worker import Worker
from models.clients import Client
from models.tasks import Task
from models.terms import AppointmentStatus, TaskTrigger
from models.tracker_settings import TaskRule
from models.trackers import ClosedPeriod, Tracker
from resolvers import appointments
from tests.conftest import StillClock
from tests.scenarios.story import HOUR, instant
from tests.storage.scene import MARCH, Scene, set_scene

MOMENT = timedelta(microseconds=1)


@dataclass
class Nights:
    """A practice that nobody reads from through a use case, which would settle first; times are by its clock."""

    scene: Scene
    worker: Worker
    zone: ZoneInfo

    def it_is(self, time: str) -> None:
        """Let it be that time: '2026-03-31 23:59'; in an hour that comes twice, the first."""
        self.scene.clock.moment = instant(time, zone=self.zone)

    async def looks_at(self, time: str | datetime) -> Rollover:
        """Have the worker look at that time, or that instant."""
        self.scene.clock.moment = instant(time, zone=self.zone) if isinstance(time, str) else time
        return await self.worker.tick()

    async def looks_just_before(self, time: str | datetime) -> Rollover:
        """Have the worker look at the last moment before."""
        moment = instant(time, zone=self.zone) if isinstance(time, str) else time
        return await self.looks_at(moment - MOMENT)

    async def welcomes(self, name: str = "Mara Keller") -> UUID:
        """Create a client."""
        return (await self.scene.client(name)).id

    async def tracks(
        self,
        client: UUID,
        begin: str,
        end: str | None,
        *,
        limit: int = 3,
        task: str | None = None,
        resets: bool = False,
    ) -> UUID:
        """Set a tracker; `task` is the trigger of a task."""
        settings = replace(
            MARCH,
            session_limit=limit,
            begin_date=date.fromisoformat(begin),
            end_date=date.fromisoformat(end) if end else None,
            auto_reset=resets,
            task_rule=TaskRule(self.scene.nora.id, TaskTrigger(task)) if task else None,
        )
        return (await self.scene.tracker(client, settings)).id

    async def holds(self, client: UUID, *times: str) -> None:
        """Book a session at each of these times and say that it took place, in advance where they are to come."""
        for time in times:
            await self.scene.set_status(await self.books(client, time), AppointmentStatus.COMPLETED)

    async def books(self, client: UUID, time: str) -> UUID:
        """Book a session."""
        starts_at = instant(time, zone=self.zone)
        row = await appointments.schedule(
            viewer=self.scene.viewer,
            client_id=client,
            starts_at=starts_at,
            ends_at=starts_at + HOUR,
            practitioner_id=None,
            service=None,
            external_id=None,
            now=self.scene.clock.now(),
        )
        return row.id

    async def left(self, tracker: UUID) -> list[str]:
        """Tell a tracker's periods on record: '2026-03-01 to 2026-03-31: 2 of 3; closed 2026-04-01 00:00'."""
        row = await Tracker.get(id=tracker)
        closed = await ClosedPeriod.filter(tracker_id=tracker).order_by("number")
        assert [period.number for period in closed] == list(range(1, row.period_number))
        return [
            *(
                f"{period.begin_date} to {period.end_date}: {period.used} of {period.session_limit}; "
                f"closed {self._told(period.closed_at)}"
                for period in closed
            ),
            f"{row.begin_date} to {row.end_date}: {row.used} of {row.session_limit}; {row.state}",
        ]

    async def tasks(self, tracker: UUID) -> list[str]:
        """Tell what is on record of a tracker's tasks: 'OPEN, END_DATE in period 1, 2026-04-01 00:00', oldest first."""
        return [
            f"{row.status}, {row.reason} in period {row.period_number}, {self._told(row.created_at)}"
            for row in await Task.filter(tracker_id=tracker).order_by("period_number")
        ]

    async def change(self, client: UUID) -> tuple[int, str]:
        """Return the client's revision on record, and what it came about by."""
        row = await Client.get(id=client)
        return row.revision, row.changed_because.value

    def _told(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"


async def practice_in(zone: str, *, opening: str, clock: StillClock) -> Nights:
    """Settle in a practice in the connected database, at that time by its clock."""
    clock.moment = instant(opening, zone=ZoneInfo(zone))
    return Nights(await set_scene(clock, zone=zone), Worker(clock), ZoneInfo(zone))
