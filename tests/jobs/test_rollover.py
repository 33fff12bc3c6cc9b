"""Rollover: everybody who is due is settled, chunk by chunk; who fails is set aside and counted."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tortoise.models import Model

from jobs.pace import CHUNK
from jobs.rollover import Rollover, count_due, roll_over
from models.clients import Client
from models.history import HistoryEntry
from models.identifiers import new_id
from models.outbox import OutboxHint
from models.tasks import Task
from models.terms import TaskTrigger, TrackerState
from models.tracker_settings import TaskRule
from models.trackers import ClosedPeriod, Tracker
from tests.storage.raw import closed_period_row, execute, insert
from tests.storage.recount import assert_whole
from tests.storage.scene import MARCH, Scene, set_scene

TABLES: tuple[type[Model], ...] = (Client, Tracker, ClosedPeriod, Task, HistoryEntry, OutboxHint)
APRIL_BEGINS = datetime(2026, 3, 31, 22, tzinfo=UTC)


async def everything() -> list[list[dict[str, object]]]:
    """Return all rows of all tables that a rollover writes."""
    return [list(await table.all().order_by("id").values()) for table in TABLES]


async def spoil(tracker: Tracker) -> None:
    """Have the closing of the tracker's first period fail: its number is taken."""
    await insert("closed_period", **closed_period_row(tracker))


async def test_nobody_is_due(scene: Scene) -> None:
    """A client is due at the first instant of the next day, and not before: nothing is written."""
    client = await scene.client()
    await scene.tracker(client.id)
    before = await everything()
    just_before = APRIL_BEGINS - timedelta(microseconds=1)
    assert await count_due(now=just_before) == 0
    assert await roll_over(now=just_before) == Rollover()
    assert await everything() == before
    assert await count_due(now=APRIL_BEGINS) == 1


async def test_it_tells_what_it_did(scene: Scene) -> None:
    """One client resets with a task, one expires, one merely begins to be shown, one is not due."""
    rule = TaskRule(scene.nora.id, TaskTrigger.END_DATE)
    resets, expires, begins, stays = [await scene.client(name) for name in ("resets", "expires", "begins", "stays")]
    await scene.tracker(resets.id, replace(MARCH, task_rule=rule))
    await scene.tracker(expires.id, replace(MARCH, auto_reset=False))
    await scene.tracker(begins.id, replace(MARCH, begin_date=date(2026, 4, 1), end_date=None, auto_reset=False))
    await scene.tracker(stays.id, replace(MARCH, end_date=None, auto_reset=False))
    reported: list[int] = []
    assert await count_due(now=APRIL_BEGINS) == 3
    done = await roll_over(now=APRIL_BEGINS, progress=reported.append)
    assert done == Rollover(clients=3, periods_closed=1, expired=1, tasks=1, failures=[])
    assert reported == [3]
    states = {row.client_id: row.state for row in await Tracker.all()}
    assert [states[client.id] for client in (resets, expires, begins, stays)] == [
        TrackerState.ACTIVE,
        TrackerState.EXPIRED,
        TrackerState.ACTIVE,
        TrackerState.ACTIVE,
    ]
    assert await roll_over(now=APRIL_BEGINS) == Rollover()
    for client in (resets, expires, begins, stays):
        await assert_whole(client.id, now=APRIL_BEGINS)


async def test_history_tells_a_reset_once(scene: Scene) -> None:
    """The end of a period says that the next begins with nothing used; what is counted by then is told besides."""
    plain = await scene.tracker((await scene.client()).id)
    ahead = await scene.client("completed in advance")
    counted = await scene.tracker(ahead.id)
    await scene.appointment(ahead.id, day=(date(2026, 4, 1) - scene.clock.now().date()).days, completed=True)
    before = [entry.id for entry in await HistoryEntry.all()]
    await roll_over(now=APRIL_BEGINS)
    told = await HistoryEntry.exclude(id__in=before).order_by("id")
    ended = {"period": 1, "begin": "2026-03-01", "end": "2026-03-31", "limit": 12, "used": 0}
    assert [(each.what, each.after) for each in told if each.subject_id == plain.id] == [("period.closed", ended)]
    assert [(each.what, each.before, each.after) for each in told if each.subject_id == counted.id] == [
        ("period.closed", None, ended),
        (
            "tracker.counted",
            {"used": 0, "remaining": 12, "state": "ACTIVE", "period": 2},
            {"used": 1, "remaining": 11, "state": "ACTIVE", "period": 2},
        ),
    ]


async def test_missed_periods_are_closed_in_order(scene: Scene) -> None:
    """After three months of downtime: three periods, each ended at its own midnight, each with its task."""
    rule = TaskRule(scene.nora.id, TaskTrigger.END_DATE)
    tracker = await scene.tracker((await scene.client()).id, replace(MARCH, task_rule=rule))
    done = await roll_over(now=datetime(2026, 6, 15, 12, tzinfo=UTC))
    assert done == Rollover(clients=1, periods_closed=3, expired=0, tasks=3, failures=[])
    closed = await ClosedPeriod.filter(tracker_id=tracker.id).order_by("number")
    assert [(period.number, period.end_date) for period in closed] == [
        (1, date(2026, 3, 31)),
        (2, date(2026, 4, 30)),
        (3, date(2026, 5, 31)),
    ]
    assert [period.closed_at for period in closed] == [
        APRIL_BEGINS,
        datetime(2026, 4, 30, 22, tzinfo=UTC),
        datetime(2026, 5, 31, 22, tzinfo=UTC),
    ]
    assert [task.period_number for task in await Task.all().order_by("period_number")] == [1, 2, 3]


async def test_a_dry_run_tells_the_same_and_changes_nothing(scene: Scene) -> None:
    """Afterwards the real one does what it told."""
    rule = TaskRule(scene.nora.id, TaskTrigger.END_DATE)
    for number in range(3):
        client = await scene.client(f"Client {number}")
        await scene.tracker(client.id, replace(MARCH, task_rule=rule))
        await scene.tracker(client.id, replace(MARCH, auto_reset=False))
    now = datetime(2026, 5, 2, 12, tzinfo=UTC)
    before = await everything()
    told = await roll_over(now=now, dry_run=True)
    assert told == Rollover(clients=3, periods_closed=6, expired=3, tasks=6, failures=[])
    assert await everything() == before
    assert await roll_over(now=now) == told


async def test_five_hundred_at_a_time(scene: Scene) -> None:
    """Each chunk is reported; a dry run looks at everybody, too."""
    now = scene.clock.now()
    rows = [
        Client(
            id=new_id(now=now),
            practice_id=scene.practice.id,
            name=f"Client {n}",
            time_zone=scene.practice.time_zone,
            created_at=now,
            due_at=now,
        )
        for n in range(CHUNK + 1)
    ]
    await Client.bulk_create(rows)
    for dry_run in (True, False):
        reported: list[int] = []
        done = await roll_over(now=now, dry_run=dry_run, progress=reported.append)
        assert (done.clients, done.failures, sorted(reported)) == (CHUNK + 1, [], [1, CHUNK])
    assert await Client.filter(revision=1, due_at=None).count() == CHUNK + 1


async def test_a_client_that_fails_is_set_aside(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """The others of its chunk are settled; of the one that failed nothing has changed. Mended, it is settled too."""
    people = [await scene.client(f"Client {number}") for number in range(5)]
    rows = [await scene.tracker(client.id) for client in people]
    await spoil(rows[2])
    reported: list[int] = []
    done = await roll_over(now=APRIL_BEGINS, progress=reported.append)
    assert done == Rollover(clients=4, periods_closed=4, expired=0, tasks=0, failures=[people[2].id])
    assert reported == [5]
    assert f"Client {people[2].id} could not be settled" in caplog.text
    numbers = {row.client_id: row.period_number for row in await Tracker.all()}
    assert [numbers[client.id] for client in people] == [2, 2, 1, 2, 2]
    assert await count_due(now=APRIL_BEGINS) == 1
    again = await roll_over(now=APRIL_BEGINS)
    assert again == Rollover(failures=[people[2].id])
    await execute("DELETE FROM closed_period WHERE tracker_id = ?", rows[2].id)
    assert await roll_over(now=APRIL_BEGINS) == Rollover(clients=1, periods_closed=1)
    await assert_whole(people[2].id, now=APRIL_BEGINS)


async def test_a_practice_in_an_unknown_zone_does_not_hold_up_the_others(scene: Scene) -> None:
    """Its clients are set aside, as they cannot follow it there; those of another practice are settled."""
    other = await set_scene(scene.clock, name="Lakeside")
    lost, fine = await scene.client(), await other.client()
    await scene.tracker(lost.id)
    await other.tracker(fine.id)
    await execute("UPDATE practice SET time_zone = 'Mars/Olympus' WHERE id = ?", scene.practice.id)
    assert await roll_over(now=APRIL_BEGINS) == Rollover(clients=1, periods_closed=1, failures=[lost.id])
    await lost.refresh_from_db()
    assert (lost.time_zone, lost.revision) == ("Europe/Zurich", 1)


async def test_a_client_in_an_unknown_zone_does_not_hold_up_the_others(scene: Scene) -> None:
    """It is set aside, in a dry run as well."""
    lost, fine = await scene.client(), await scene.client()
    await scene.tracker(lost.id)
    await scene.tracker(fine.id)
    await execute("UPDATE client SET time_zone = 'Mars/Olympus' WHERE id = ?", lost.id)
    for dry_run in (True, False):
        done = await roll_over(now=APRIL_BEGINS, dry_run=dry_run)
        assert done == Rollover(clients=1, periods_closed=1, failures=[lost.id])
