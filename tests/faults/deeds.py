"""The front desk: does what is planned through HTTP, asks again when no answer came, and knows what it was told."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from tests.faults.plan import Deed, Does
from tests.faults.practice import SESSION, Person, Practice, starts_on

HANDS: Final = 8
ANSWER_SECONDS: Final = 10.0
PATIENCE_SECONDS: Final = 30.0
FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 0.3
RETRIED: Final = frozenset({"CONFLICT"})
STATUS: Final = "status"
DELETED: Final = "DELETED"
STARTS_AT: Final = "start"
BOOKED: Final = "booking"
LIMIT: Final = "limit"
NOTE: Final = "note"
REMOVED: Final = "removal"
SET: Final = "setting"
TASK_DONE: Final = "completion of a task"
UNKNOWN: Final = object()
Fact = tuple[str, str]
"""What it is about, by its global id, and which of the names above."""
NAMES_APPOINTMENT: Final = "AppointmentIdInput"
TASKS: Final = "query ($client: ID!) { client(id: $client) { tasks(status: [OPEN]) { id } trackers { id } } }"


@dataclass(frozen=True, slots=True)
class Wish:
    """A mutation, and what it makes so when it happens: facts by their names."""

    field: str
    input_type: str
    input: Mapping[str, object]
    facts: Mapping[Fact, object]


class Unanswered(Exception):
    """No server has given an answer for half a minute."""


class Desk:
    """Does deeds.

    `believed` holds what each fact can be by the answers given: several, where an answer was lost. `failures` are the
    requests that had to be made again: the kind of error, or the code of the answer.
    """

    def __init__(self, practice: Practice, addresses: Sequence[str], http: httpx.AsyncClient) -> None:
        self.believed: dict[Fact, set[object]] = defaultdict(lambda: {UNKNOWN})
        self.failures: list[str] = []
        self.refusals: Counter[str] = Counter()
        self.tried = 0
        self.done = 0
        self._practice = practice
        self._addresses = addresses
        self._http = http
        self._headers = {"Authorization": f"Bearer {practice.tokens[0]}"}

    async def work_off(self, deeds: Sequence[Deed], *, until: asyncio.Event) -> None:
        """Begin the deeds until told to stop, each not before its moment; those of one client one after another."""
        begun = time.monotonic()

        async def hand(number: int) -> None:
            for deed in deeds:
                if deed.client % HANDS == number:
                    await asyncio.sleep(max(0.0, begun + deed.after - time.monotonic()))
                    if until.is_set():
                        return
                    await self._do(deed, number)

        async with asyncio.TaskGroup() as group:
            for number in range(HANDS):
                group.create_task(hand(number))

    async def _do(self, deed: Deed, hand: int) -> None:
        person = self._practice.people[deed.client]
        if deed.does in {Does.DO_TASK, Does.REORDER}:
            answer = await self._ask(TASKS, {"client": person.client}, hand)
            wish = after_a_look(deed, person, answer["data"]["client"])
        else:
            wish = WISHES[deed.does](deed, person, self._practice)
        if wish is not None:
            await self._want(wish, hand)

    async def _want(self, wish: Wish, hand: int) -> None:
        query = f"mutation ($input: {wish.input_type}!) {{ {wish.field}(input: $input) {{ errors {{ code }} }} }}"
        self.tried += 1
        before = {fact: set(self.believed[fact]) for fact in wish.facts}
        for fact, value in wish.facts.items():
            self.believed[fact].add(value)
        failures = len(self.failures)
        answer = await self._ask(query, {"input": wish.input}, hand)
        codes = [error["code"] for error in answer["data"][wish.field]["errors"]]
        self.refusals.update(codes)
        if not codes or (codes == ["NOT_FOUND"] and wish.field == "deleteAppointment"):
            self.done += 1
            self.believed |= {fact: {value} for fact, value in wish.facts.items()}
        elif len(self.failures) == failures:
            self.believed |= before

    async def _ask(self, query: str, variables: Mapping[str, object], hand: int) -> Any:
        """Return the answer of whichever server gives one.

        Raises Unanswered.
        """
        deadline, pause, attempt = time.monotonic() + PATIENCE_SECONDS, FIRST_PAUSE, 0
        while time.monotonic() < deadline:
            address = self._addresses[(hand + attempt) % len(self._addresses)]
            try:
                return await self._attempt(address, query, variables)
            except (httpx.TransportError, _Refused) as error:
                what = str(error) if isinstance(error, _Refused) else type(error).__name__
                self.failures.append(what)
            await asyncio.sleep(pause)
            attempt, pause = attempt + 1, min(2 * pause, LONGEST_PAUSE)
        raise Unanswered(f"{query} {variables}: {self.failures[-1]}")

    async def _attempt(self, address: str, query: str, variables: Mapping[str, object]) -> Any:
        body = {"query": query, "variables": variables}
        response = await self._http.post(f"{address}/graphql", json=body, headers=self._headers)
        with suppress(ValueError):
            answer = response.json()
            if not answer.get("errors"):
                codes = {
                    error["code"] for field in answer["data"].values() for error in (field or {}).get("errors", ())
                }
                if codes & RETRIED:
                    raise _Refused(" ".join(sorted(codes)))
                return answer
            raise _Refused(str(answer["errors"][0].get("extensions", {}).get("code")))
        raise _Refused(f"status {response.status_code}")


class _Refused(Exception):
    """The server cannot do it now."""


def desk_client() -> httpx.AsyncClient:
    """Return an HTTP client for a desk."""
    return httpx.AsyncClient(timeout=httpx.Timeout(ANSWER_SECONDS), verify=False)


def after_a_look(deed: Deed, person: Person, client: Mapping[str, Any]) -> Wish | None:
    """Return what the deed comes to when it is about what is there now; None when nothing is."""
    tasks, trackers = [row["id"] for row in client["tasks"]], [row["id"] for row in client["trackers"]]
    if deed.does is Does.DO_TASK:
        return _do_task(tasks[deed.which % len(tasks)]) if tasks else None
    split = deed.which % max(1, len(trackers))
    order = trackers[split:] + trackers[:split]
    return Wish("reorderTrackers", "ReorderTrackersInput", {"clientId": person.client, "trackerIds": order}, {})


def _do_task(task: str) -> Wish:
    # An edit may have the task reopened later; that it was completed is on record for good.
    return Wish("completeTask", "TaskIdInput", {"taskId": task}, {(task, TASK_DONE): True})


def _status(field: str, status: str) -> Callable[[Deed, Person, Practice], Wish]:
    def wish(deed: Deed, person: Person, _practice: Practice) -> Wish:
        appointment = person.appointments[deed.which % len(person.appointments)]
        return Wish(field, NAMES_APPOINTMENT, {"appointmentId": appointment}, {(appointment, STATUS): status})

    return wish


def _move(deed: Deed, person: Person, _practice: Practice) -> Wish:
    appointment = person.appointments[deed.which % len(person.appointments)]
    times = _times(deed)
    fact = {(appointment, STARTS_AT): datetime.fromisoformat(times["startsAt"])}
    return Wish("rescheduleAppointment", "RescheduleAppointmentInput", {"appointmentId": appointment, **times}, fact)


def _book(deed: Deed, person: Person, practice: Practice) -> Wish:
    # The id elsewhere makes asking again harmless: it is then taken, by the appointment that was wanted.
    elsewhere = f"{person.client}-{deed.after}"
    wanted = {"clientId": person.client, **_times(deed), "externalId": elsewhere}
    return Wish("scheduleAppointment", "ScheduleAppointmentInput", wanted, {(elsewhere, BOOKED): True})


def _delete(deed: Deed, person: Person, _practice: Practice) -> Wish:
    appointment = person.appointments[deed.which % len(person.appointments)]
    return Wish(
        "deleteAppointment", NAMES_APPOINTMENT, {"appointmentId": appointment}, {(appointment, STATUS): DELETED}
    )


def _limit(deed: Deed, person: Person, _practice: Practice) -> Wish:
    return _edit(deed, person, "sessionLimit", LIMIT, 1 + deed.amount % 5)


def _note(deed: Deed, person: Person, _practice: Practice) -> Wish:
    return _edit(deed, person, "note", NOTE, f"Note {deed.amount}, {deed.after:.3f}")


def _edit(deed: Deed, person: Person, name: str, fact: str, value: object) -> Wish:
    tracker = person.trackers[deed.which % len(person.trackers)]
    return Wish("updateTracker", "UpdateTrackerInput", {"trackerId": tracker, name: value}, {(tracker, fact): value})


def _set_tracker(deed: Deed, person: Person, practice: Practice) -> Wish:
    begin = starts_on(-(deed.which % 15), now=datetime.now(UTC)).date().isoformat()
    rule = {"assigneeId": practice.assignee, "trigger": "COUNT_REACHED"}
    note = f"Set {deed.after} for {person.client}"
    wanted = {
        "clientId": person.client, "sessionLimit": 1 + deed.amount % 4, "beginDate": begin, "taskRule": rule,
        "note": note,
    }  # fmt: skip
    return Wish("createTracker", "CreateTrackerInput", wanted, {(note, SET): True})


def _remove_tracker(deed: Deed, person: Person, _practice: Practice) -> Wish:
    tracker = person.trackers[deed.which % len(person.trackers)]
    return Wish("removeTracker", "TrackerIdInput", {"trackerId": tracker}, {(tracker, REMOVED): True})


def _times(deed: Deed) -> dict[str, str]:
    starts_at = starts_on(-(deed.amount % 50), now=datetime.now(UTC)) + timedelta(minutes=deed.which % 600)
    return {"startsAt": starts_at.isoformat(), "endsAt": (starts_at + SESSION).isoformat()}


WISHES: Final[Mapping[Does, Callable[[Deed, Person, Practice], Wish]]] = {
    Does.COMPLETE: _status("completeAppointment", "COMPLETED"),
    Does.REOPEN: _status("reopenAppointment", "SCHEDULED"),
    Does.CANCEL: _status("cancelAppointment", "CANCELLED"),
    Does.MISS: _status("markAppointmentMissed", "MISSED"),
    Does.MOVE: _move,
    Does.BOOK: _book,
    Does.DELETE: _delete,
    Does.LIMIT: _limit,
    Does.NOTE: _note,
    Does.SET_TRACKER: _set_tracker,
    Does.REMOVE_TRACKER: _remove_tracker,
}
