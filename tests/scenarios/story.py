"""The words in which scenarios are told: a front desk, what it does, and what it sees."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.terms import Role
from tests.api.conftest import House
from tests.api.served import Api, Socket
from tests.scenarios.sights import (
    BANNER,
    PAGE,
    PERIOD,
    TASK,
    TRACKER,
    Task,
    told_banner,
    told_period,
    told_task,
    told_tracker,
)

HOUR = timedelta(hours=1)
ZURICH = ZoneInfo("Europe/Zurich")


@dataclass
class Dialog:
    """An open appointment dialog."""

    socket: Socket
    operation: str
    revision: int = 0

    async def shows(self, *, because: str) -> list[str]:
        """Wait for the next state of the banner, which must come for that reason, and tell its trackers."""
        banner = (await self.socket.next(self.operation))["appointmentBanner"]
        assert banner["reason"] == because
        assert banner["revision"] > self.revision
        self.revision = banner["revision"]
        return told_banner(banner)

    async def stays_as_it_is(self) -> bool:
        """Tell whether nothing has been sent."""
        return await self.socket.is_quiet()


@dataclass
class Page:
    """An open page of a client's trackers."""

    socket: Socket
    operation: str

    async def shows(self) -> list[str]:
        """Wait for the next state of the page, and tell its trackers."""
        rows = (await self.socket.next(self.operation))["clientTrackers"]["trackers"]
        return [told_tracker(row) for row in rows]


@dataclass
class FrontDesk:
    """The front desk of a practice: each word is a call of the API; times are by the practice's clock."""

    house: House
    role: Role = Role.ADMIN
    zone: ZoneInfo = ZURICH

    @property
    def api(self) -> Api:
        """The API, signed in to this moment."""
        return self.house.api(self.role)

    def it_is(self, time: str) -> None:
        """Let it be that time: '2026-03-31 23:59'."""
        self.house.clock.moment = instant(time, zone=self.zone)

    async def is_in(self, zone: str) -> None:
        """Move the practice to another zone."""
        await self.api.done("updatePractice", "practice { timeZone }", timeZone=zone)
        self.zone = ZoneInfo(zone)

    async def welcomes(self, name: str) -> str:
        """Create a client."""
        return str((await self.api.done("createClient", "client { id }", name=name))["client"]["id"])

    async def books(self, client: str, time: str) -> str:
        """Book an hour's session: '2026-03-04 09:00'."""
        times = self._times(time)
        payload = await self.api.done("scheduleAppointment", "appointment { id }", clientId=client, **times)
        return str(payload["appointment"]["id"])

    async def moves(self, appointment: str, time: str) -> None:
        """Move a session."""
        times = self._times(time)
        await self.api.done("rescheduleAppointment", "appointment { id }", appointmentId=appointment, **times)

    async def completes(self, *appointments: str) -> None:
        """Say that these took place."""
        await self._marks("completeAppointment", *appointments)

    async def reopens(self, *appointments: str) -> None:
        """Take back what was said about these."""
        await self._marks("reopenAppointment", *appointments)

    async def cancels(self, *appointments: str) -> None:
        """Say that these were called off."""
        await self._marks("cancelAppointment", *appointments)

    async def misses(self, *appointments: str) -> None:
        """Say that the client did not come."""
        await self._marks("markAppointmentMissed", *appointments)

    async def deletes(self, appointment: str) -> None:
        """Delete a session."""
        payload = await self.api.done("deleteAppointment", "deletedId", appointmentId=appointment)
        assert payload["deletedId"] == appointment

    async def holds(self, client: str, *times: str) -> list[str]:
        """Book a session at each of these times and say that it took place."""
        appointments = [await self.books(client, time) for time in times]
        await self.completes(*appointments)
        return appointments

    async def tracks(self, client: str, *, limit: int, begin: str, task: str | None = None, **settings: Any) -> str:
        """Set a tracker; `task` is the trigger of a task for the person called Staff."""
        payload = await self.api.done(
            "createTracker",
            "tracker { id }",
            clientId=client,
            sessionLimit=limit,
            beginDate=begin,
            taskRule=self.rule(task),
            **settings,
        )
        return str(payload["tracker"]["id"])

    async def edits(self, tracker: str, **changes: Any) -> None:
        """Edit what is named of a tracker, in the words of the API."""
        await self.api.done("updateTracker", "tracker { id }", trackerId=tracker, **changes)

    async def removes(self, tracker: str) -> None:
        """Remove a tracker."""
        await self.api.done("removeTracker", "tracker { state }", trackerId=tracker)

    async def orders(self, client: str, trackers: Sequence[str]) -> None:
        """Put the client's trackers in this order."""
        await self.api.done("reorderTrackers", "client { id }", clientId=client, trackerIds=list(trackers))

    async def finishes(self, task: Task) -> None:
        """Mark a task done."""
        await self.api.done("completeTask", "task { status }", taskId=task.id)

    async def is_refused(self, mutation: str, **fields: object) -> list[str]:
        """Ask for what cannot be, and return the codes of what is wrong with it."""
        return [error["code"] for error in (await self.api.do(mutation, "", **fields))["errors"]]

    async def sees(self, appointment: str) -> list[str]:
        """Open an appointment and tell the trackers on its banner."""
        banner = await self._read("appointment", f"banner {{ {BANNER} }}", appointment)
        return told_banner(banner["banner"])

    async def sees_trackers(self, client: str) -> list[str]:
        """Open a client's page and tell its trackers."""
        return [
            told_tracker(row) for row in (await self._read("client", f"trackers {{ {TRACKER} }}", client))["trackers"]
        ]

    async def sees_tracker(self, tracker: str) -> str:
        """Open a tracker, removed or not, and tell where it stands."""
        return told_tracker(await self._node("Tracker", TRACKER, tracker))

    async def sees_slots(self, client: str) -> dict[int, str]:
        """Tell the note of the tracker in each slot that is taken."""
        rows = (await self._read("client", f"trackers {{ {TRACKER} }}", client))["trackers"]
        return {row["slot"]: row["note"] for row in rows}

    async def sees_periods(self, tracker: str) -> list[str]:
        """Tell all periods of a tracker, oldest first."""
        periods = (await self._node("Tracker", f"periods(first: 100) {{ nodes {{ {PERIOD} }} {PAGE} }}", tracker))[
            "periods"
        ]
        assert not periods["pageInfo"]["hasNextPage"]
        rows = periods["nodes"][::-1]
        assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
        return [told_period(row, zone=self.zone) for row in rows]

    async def sees_tasks(self, client: str) -> list[Task]:
        """Return the client's tasks, oldest first."""
        rows = (await self._read("client", f"tasks {{ {TASK} }}", client))["tasks"]
        return [told_task(row, zone=self.zone) for row in reversed(rows)]

    async def sees_task(self, client: str) -> Task:
        """Return the client's only task."""
        (task,) = await self.sees_tasks(client)
        return task

    async def hears_of(self, client: str) -> list[str]:
        """Tell the stories of the client's tasks, oldest first."""
        return [task.story for task in await self.sees_tasks(client)]

    @asynccontextmanager
    async def dialog(self, appointment: str) -> AsyncIterator[Dialog]:
        """Open an appointment's dialog and keep it open for the time of the block."""
        query = f"subscription ($id: ID!) {{ appointmentBanner(appointmentId: $id) {{ {BANNER} }} }}"
        async with self.api.socket() as socket:
            yield Dialog(socket, await socket.subscribe(query, id=appointment), revision=-1)

    @asynccontextmanager
    async def page(self, client: str) -> AsyncIterator[Page]:
        """Open a client's page and keep it open for the time of the block."""
        query = f"subscription ($id: ID!) {{ clientTrackers(clientId: $id) {{ trackers {{ {TRACKER} }} }} }}"
        async with self.api.socket() as socket:
            yield Page(socket, await socket.subscribe(query, id=client))

    def rule(self, trigger: str | None) -> dict[str, str] | None:
        """Return a task rule for the person called Staff."""
        return {"assigneeId": self.house.id_of(Role.STAFF), "trigger": trigger} if trigger else None

    async def _marks(self, mutation: str, *appointments: str) -> None:
        for appointment in appointments:
            await self.api.done(mutation, "appointment { status }", appointmentId=appointment)

    async def _read(self, kind: str, selected: str, key: str) -> dict[str, Any]:
        data = await self.api.data(f"query ($id: ID!) {{ {kind}(id: $id) {{ {selected} }} }}", id=key)
        row: dict[str, Any] = data[kind]
        return row

    async def _node(self, kind: str, selected: str, key: str) -> dict[str, Any]:
        return await self._read("node", f"... on {kind} {{ {selected} }}", key)

    def _times(self, time: str) -> dict[str, str]:
        starts_at = instant(time, zone=self.zone)
        return {"startsAt": starts_at.isoformat(), "endsAt": (starts_at + HOUR).isoformat()}


def days(first: str, last: str) -> list[str]:
    """Return the dates from the first to the last, both included."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [(begin + timedelta(days=n)).isoformat() for n in range((end - begin).days + 1)]


def instant(time: str, *, zone: ZoneInfo) -> datetime:
    """Return the instant of a time by the zone's clock."""
    return datetime.fromisoformat(time).replace(tzinfo=zone).astimezone(UTC)
