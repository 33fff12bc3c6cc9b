"""Practices with more clients than a statement has places for parameters, and rollovers of more than two chunks."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from tortoise.models import Model

from jobs.pace import CHUNK
from jobs.rollover import Rollover, count_due, roll_over
from models.appointments import Appointment
from models.clients import Client
from models.database import database, placeholder
from models.history import HistoryEntry
from models.outbox import OutboxHint
from models.practices import Practice
from models.tasks import Task
from models.terms import ChangeReason
from models.trackers import ClosedPeriod, Tracker
from resolvers import practices
from tests.storage.raw import bound, client_row, tracker_row
from tests.storage.scene import Scene

MANY = 33_000
TABLES: tuple[type[Model], ...] = (Client, Tracker, ClosedPeriod, Task, HistoryEntry, OutboxHint)
APRIL_BEGINS = datetime(2026, 3, 31, 22, tzinfo=UTC)


async def insert_all(table: str, rows: list[dict[str, object]]) -> None:
    """Insert many rows with the same columns."""
    columns = list(rows[0])
    places = ", ".join(placeholder(place) for place in range(1, len(columns) + 1))
    await database().execute_many(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})",
        [[bound(row[column]) for column in columns] for row in rows],
    )


async def test_a_practice_with_33_000_clients_moves_to_another_time_zone(scene: Scene) -> None:
    """Late on 28 February UTC is 1 March in Zurich and 28 February in New York: the one session leaves the period."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    row = await scene.appointment(client.id, completed=True)
    late = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)
    await Appointment.filter(id=row.id).update(
        starts_at=late, ends_at=late + timedelta(minutes=30), service_date=date(2026, 3, 1)
    )
    await insert_all("client", [{**client_row(scene.practice.id)} for _ in range(MANY)])
    await practices.update(viewer=scene.viewer, changes={"time_zone": "America/New_York"}, now=scene.clock.now())
    assert await practices.clients_to_move(await Practice.get(id=scene.practice.id)) == MANY + 1
    assert await roll_over(now=scene.clock.now()) == Rollover(clients=MANY + 1)
    await row.refresh_from_db()
    await tracker.refresh_from_db()
    assert (await Practice.get(id=scene.practice.id)).time_zone == "America/New_York"
    assert (row.service_date, tracker.used, tracker.remaining) == (date(2026, 2, 28), 0, 12)
    moved = Client.filter(revision=1, changed_because=ChangeReason.CORRECTION, time_zone="America/New_York")
    assert await moved.filter(due_at=None).count() == await Client.all().count() - 1 == MANY
    await client.refresh_from_db()
    assert (client.time_zone, client.due_at) == ("America/New_York", datetime(2026, 4, 1, 4, tzinfo=UTC))


async def test_a_dry_run_counts_each_of_many_once_and_changes_nothing(scene: Scene) -> None:
    """More than two chunks, all due at the same moment: a period of each closes; then the real run does the same."""
    due = 2 * CHUNK + 3
    people = [
        {**client_row(scene.practice.id, id=uuid4(), due_at=APRIL_BEGINS, settled_at=scene.clock.now())}
        for _ in range(due)
    ]
    await insert_all("client", people)
    given = {"auto_reset": True, "anchor_end": date(2026, 3, 31)}
    clients = await Client.all()
    await insert_all("tracker", [{**tracker_row(client, **given)} for client in clients])
    before = [await table.all().order_by("id").values() for table in TABLES]
    reported: list[int] = []
    assert await count_due(now=APRIL_BEGINS) == due
    told = await roll_over(now=APRIL_BEGINS, dry_run=True, progress=reported.append)
    assert told == Rollover(clients=due, periods_closed=due)
    assert reported == [CHUNK, CHUNK, 3]
    assert [await table.all().order_by("id").values() for table in TABLES] == before
    assert await roll_over(now=APRIL_BEGINS) == told
    assert await ClosedPeriod.all().count() == due
