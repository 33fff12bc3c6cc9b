"""A front desk: the few things that most tests ask of the API first, and what is on record afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from tortoise.models import Model

from models.appointments import Appointment
from models.clients import Client
from models.history import HistoryEntry
from models.practices import Practice, StaffMember
from models.tasks import Task
from models.trackers import ClosedPeriod, Tracker
from tests.api.served import Api

TABLES: Final[Sequence[type[Model]]] = (StaffMember, Client, Appointment, Tracker, ClosedPeriod, Task, HistoryEntry)
TODAY: Final = "2026-03-04"


def at(day: str, hour: int = 9) -> dict[str, str]:
    """Return the times of a session of 50 minutes that starts at a full hour in Zurich, in winter."""
    return {"startsAt": f"{day}T{hour:02}:00:00+01:00", "endsAt": f"{day}T{hour:02}:50:00+01:00"}


async def on_record(*practice_ids: UUID) -> dict[str, list[dict[str, Any]]]:
    """Return every row of these practices, history included; two equal answers mean that nothing changed."""
    record = {
        model.__name__: await model.filter(practice_id__in=practice_ids).order_by("id").values() for model in TABLES
    }
    return record | {"Practice": await Practice.filter(id__in=practice_ids).order_by("id").values()}


async def history_of(practice_id: UUID) -> list[str]:
    """Return what was noted of the practice's clients, in alphabetical order: much happens at the same moment."""
    noted = await HistoryEntry.filter(practice_id=practice_id, client_id__isnull=False)
    return sorted(entry.what for entry in noted)


@dataclass(frozen=True)
class Desk:
    """Does what a practice's front desk does first thing."""

    api: Api

    async def client(self, name: str = "Mara Keller", **given: object) -> str:
        """Create a client and return its id."""
        payload = await self.api.done("createClient", "client { id }", name=name, **given)
        return str(payload["client"]["id"])

    async def session(
        self, client: str, day: str = TODAY, hour: int = 9, *, completed: bool = False, **given: object
    ) -> str:
        """Book a session and return its id."""
        given = {"clientId": client, **at(day, hour), **given}
        payload = await self.api.done("scheduleAppointment", "appointment { id }", **given)
        appointment = str(payload["appointment"]["id"])
        if completed:
            await self.complete(appointment)
        return appointment

    async def complete(self, appointment: str) -> None:
        """Complete a session."""
        await self.api.done("completeAppointment", "appointment { status }", appointmentId=appointment)

    async def reopen(self, appointment: str) -> None:
        """Take a completion back."""
        await self.api.done("reopenAppointment", "appointment { status }", appointmentId=appointment)

    async def tracker(self, client: str, limit: int = 3, begin: str = "2026-03-01", **given: object) -> str:
        """Set a tracker and return its id."""
        given = {"clientId": client, "sessionLimit": limit, "beginDate": begin, **given}
        payload = await self.api.done("createTracker", "tracker { id }", **given)
        return str(payload["tracker"]["id"])

    async def task(self, assignee: str, client: str | None = None) -> str:
        """Reach a limit of 1 and return the id of the task that this raised."""
        client = client or await self.client()
        rule = {"assigneeId": assignee, "trigger": "COUNT_REACHED"}
        await self.tracker(client, 1, taskRule=rule)
        await self.session(client, completed=True)
        tasks = (await self.api.data(TASKS, id=client))["client"]["tasks"]
        return str(tasks[0]["id"])

    async def revision(self, client: str) -> int:
        """Return the client's revision."""
        return int(
            (await self.api.data("query ($id: ID!) { client(id: $id) { revision } }", id=client))["client"]["revision"]
        )


TASKS: Final = "query ($id: ID!) { client(id: $id) { tasks { id } } }"
