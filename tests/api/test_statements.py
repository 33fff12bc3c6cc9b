"""How many statements a page takes: a fixed number, however many clients are on it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
import pytest_asyncio

from graph.ids import global_id
from models.appointments import Appointment
from models.clients import Client
from models.history import HistoryEntry
from models.identifiers import new_id
from models.tasks import Task
from models.terms import AppointmentStatus, Role, TaskReason, TaskStatus, TaskTrigger, TrackerState
from models.trackers import ClosedPeriod, Tracker
from tests.api.conftest import START, House, settle_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVERYTHING: Final = """query ($first: Int!) { clients(first: $first) { nodes { id name revision
  trackers { slot state used remaining over client { name } taskRule { trigger assignee { name } }
    currentPeriod { number used task { title } } periods { nodes { number used task { status } } } }
  tasks { title assignee { name } tracker { slot } period { used } client { name } }
  appointments(first: 5) { nodes { status practitioner { name } client { name }
    banner { revision moreCount primary { used } trackers { state used sessionNumber } } } } } } }"""
TRACKERS: Final = """query ($first: Int!) { trackers(first: $first) { nodes { used client { name trackers { slot } }
  currentPeriod { task { title } } periods { nodes { used } } taskRule { assignee { name } }
  history(first: 1) { nodes { what actor { staffMember { name } } subject { id } client { name } } } } } }"""
APPOINTMENTS: Final = """query ($first: Int!) { appointments(first: $first) { nodes { client { name revision }
  practitioner { name } banner { trackers { used } } } } }"""
TASKS: Final = """query ($first: Int!) { tasks(first: $first) { nodes { client { name } assignee { name }
  tracker { slot client { name } } period { number used task { title } } } } }"""
NODES: Final = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Client { trackers { used } }
  ... on Tracker { used client { name } } } }"""
COUNTS: Final = {EVERYTHING: 14, TRACKERS: 11, APPOINTMENTS: 6, TASKS: 8}
OF_THE_JOBS = ("outbox_hint", "retry_at", "application_name")
"""What tells the statements of the worker and the relay, which run beside the requests."""


class Statements(logging.Handler):
    """Collects the statements that the database's client logs, but those of relay, worker, and earlier tasks."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self._others = asyncio.all_tasks()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a statement."""
        said = record.getMessage()
        if asyncio.current_task() not in self._others and not any(word in said for word in OF_THE_JOBS):
            self.seen.append(said)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Yield the list of statements that the server's process runs for requests in the block."""
    logger, handler = logging.getLogger("tortoise.db_client"), Statements()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield handler.seen
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)


@pytest.fixture(scope="module")
def module_settings() -> dict[str, Any]:
    """Let a page be asked for with everything that belongs to a hundred clients."""
    return {"query_cost": 1_000_000}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crowd(module_server: House) -> AsyncIterator[House]:
    """Fill a practice with 100 clients, each with two trackers, a closed period, a task and six appointments."""
    practice, people = await settle_in(module_server.clock, name="Crowd")
    person = people[Role.STAFF].id
    clients = [
        Client(
            id=new_id(now=START),
            practice_id=practice.id,
            name=f"Client {number:03}",
            time_zone=practice.time_zone,
            created_at=START,
        )
        for number in range(100)
    ]
    await Client.bulk_create(clients)
    await Tracker.bulk_create([tracker for client in clients for tracker in trackers_of(client, person)])
    trackers = await Tracker.filter(practice_id=practice.id, slot=1)
    await ClosedPeriod.bulk_create([closed_period_of(tracker) for tracker in trackers])
    await Task.bulk_create([task_of(tracker, person) for tracker in trackers])
    await HistoryEntry.bulk_create([entry for tracker in trackers for entry in entries_of(tracker, person)])
    await Appointment.bulk_create([each for client in clients for each in appointments_of(client, person)])
    yield House(module_server.address, practice, people, module_server.clock, module_server.http)


def trackers_of(client: Client, person: UUID) -> list[Tracker]:
    """Return a tracker that was reset in March, with a task rule, and one without."""
    return [
        Tracker(
            id=new_id(now=START),
            practice_id=client.practice_id,
            client_id=client.id,
            slot=slot,
            session_limit=3,
            begin_date=date(2026, 3, 1),
            end_date=date(2026, 3, 31),
            color="#3366CC",
            auto_reset=True,
            task_assignee_id=person,
            task_trigger=TaskTrigger.COUNT_REACHED,
            anchor_begin=date(2026, 2, 1),
            anchor_end=date(2026, 2, 28),
            period_number=2 if slot == 1 else 1,
            used=3,
            remaining=0,
            state=TrackerState.LIMIT_REACHED,
            created_at=START,
            updated_at=START,
        )
        for slot in (1, 2)
    ]


def closed_period_of(tracker: Tracker) -> ClosedPeriod:
    """Return the tracker's February."""
    return ClosedPeriod(
        id=new_id(now=START),
        practice_id=tracker.practice_id,
        tracker_id=tracker.id,
        number=1,
        begin_date=date(2026, 2, 1),
        end_date=date(2026, 2, 28),
        session_limit=3,
        used=0,
        closed_at=START,
    )


def entries_of(tracker: Tracker, person: UUID) -> list[HistoryEntry]:
    """Return two changes of the tracker, by a person."""
    return [
        HistoryEntry(
            id=new_id(now=START),
            practice_id=tracker.practice_id,
            client_id=tracker.client_id,
            subject_id=tracker.id,
            what="tracker.updated",
            actor="Staff",
            staff_member_id=person,
            at=START,
        )
        for _ in range(2)
    ]


def task_of(tracker: Tracker, person: UUID) -> Task:
    """Return the task of the tracker's March."""
    return Task(
        id=new_id(now=START),
        practice_id=tracker.practice_id,
        client_id=tracker.client_id,
        tracker_id=tracker.id,
        period_number=2,
        title="Call back",
        assignee_id=person,
        reason=TaskReason.COUNT_REACHED,
        status=TaskStatus.OPEN,
        created_at=START,
    )


def appointments_of(client: Client, person: UUID) -> list[Appointment]:
    """Return six sessions on the days up to today, three of them completed."""
    return [
        Appointment(
            id=new_id(now=START),
            practice_id=client.practice_id,
            client_id=client.id,
            starts_at=START - timedelta(hours=number),
            ends_at=START,
            service_date=START.date(),
            status=AppointmentStatus.COMPLETED if number % 2 else AppointmentStatus.SCHEDULED,
            practitioner_id=person,
            created_at=START,
        )
        for number in range(6)
    ]


async def counted(house: House, query: str, **variables: object) -> tuple[int, dict[str, Any]]:
    """Return how many statements a query takes, signing in included, and its data."""
    await house.api().data("{ viewer { role } }")
    with statements() as seen:
        data = await house.api().data(query, **variables)
    return len(seen), data


@pytest.mark.parametrize("query", COUNTS, ids=["everything", "trackers", "appointments", "tasks"])
async def test_a_page_of_100_takes_as_many_statements_as_one_of_10(crowd: House, query: str) -> None:
    """A fixed number, known exactly."""
    few, of_ten = await counted(crowd, query, first=10)
    many, of_hundred = await counted(crowd, query, first=100)
    (name,) = of_ten
    assert (len(of_ten[name]["nodes"]), len(of_hundred[name]["nodes"])) == (10, 100)
    assert (few, many) == (COUNTS[query], COUNTS[query])


async def test_a_hundred_things_by_id_take_as_many_statements_as_ten(crowd: House) -> None:
    """Whatever their types: one statement for each type, and one for each thing asked of them."""
    ids = [global_id("Client", row.id) for row in await Client.filter(practice_id=crowd.practice.id).limit(50)]
    ids += [global_id("Tracker", row.id) for row in await Tracker.filter(practice_id=crowd.practice.id).limit(50)]
    few, _ = await counted(crowd, NODES, ids=ids[45:55])
    many, data = await counted(crowd, NODES, ids=ids)
    assert len([node for node in data["nodes"] if node]) == 100
    assert (few, many) == (6, 6)


async def test_what_is_asked_of_a_practice_again_and_again_takes_one_statement(crowd: House) -> None:
    """By however many aliases, of however many mentions of it."""
    practice = global_id("Practice", crowd.practice.id)
    asked = " ".join(f"a{number}: clientsToMove" for number in range(20))
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Practice { %s } } }"
    once, _ = await counted(crowd, query % "clientsToMove", ids=[practice])
    often, data = await counted(crowd, query % asked, ids=[practice] * 100)
    assert data["nodes"] == [{f"a{number}": 0 for number in range(20)}] * 100
    assert often == once
