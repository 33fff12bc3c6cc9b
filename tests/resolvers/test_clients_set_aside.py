"""One client that cannot be settled: the lists of its practice and the settling of others go on."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from jobs.rollover import Rollover, roll_over
from models.clients import Client
from models.terms import TrackerOrder, TrackerState
from models.trackers import Tracker
from resolvers import appointments, clients, tasks, tracker_lists
from tests.storage.raw import closed_period_row, execute, insert, task_row
from tests.storage.scene import Scene

NOW = datetime(2026, 4, 1, 8, tzinfo=UTC)
LISTS = ("clients", "trackers", "tasks", "appointments")


async def take_the_number(tracker: Tracker) -> None:
    """Have a closed period of the number that is about to be closed: the database refuses the second."""
    await insert("closed_period", **closed_period_row(tracker))


async def leave_the_calendar(tracker: Tracker) -> None:
    """Have the following periods lie past the calendar's end: the rule itself fails."""
    await execute("UPDATE tracker SET anchor_begin = '9999-12-01', anchor_end = '9999-12-31' WHERE id = ?", tracker.id)


BREAKS = [take_the_number, leave_the_calendar]


async def listed(scene: Scene, name: str) -> set[object]:
    """Return whose rows a list of the practice has, as read after the period's end."""
    viewer = scene.viewer
    if name == "clients":
        found = await clients.page(viewer=viewer, search=None, now=NOW, first=50, after=None)
        return {row.id for row in found.rows}
    if name == "trackers":
        page = await tracker_lists.page(
            viewer=viewer,
            only=tracker_lists.TrackerFilter(),
            order=TrackerOrder.LEAST_REMAINING,
            now=NOW,
            first=50,
            after=None,
        )
        return {row.client_id for row in page.rows}
    if name == "tasks":
        todo = await tasks.page(viewer=viewer, only=tasks.TaskFilter(), now=NOW, first=50, after=None)
        return {row.client_id for row in todo.rows}
    booked = await appointments.page(
        viewer=viewer, from_date=None, to_date=None, status=None, client_id=None, now=NOW, first=50, after=None
    )
    return {row.client_id for row in booked.rows}


async def furnish(scene: Scene) -> list[Tracker]:
    """Set up three clients who are due together, each with a tracker, a session and a task."""
    rows = []
    for name in ("Anna", "Broken", "Zoe"):
        client = await scene.client(name)
        rows.append(await scene.tracker(client.id))
        await scene.appointment(client.id, completed=True)
        await insert("task", **task_row(rows[-1], scene.nora.id))
    return rows


@pytest.mark.parametrize("spoil", BREAKS)
@pytest.mark.parametrize("name", LISTS)
async def test_a_list_is_read_and_the_others_are_settled(
    scene: Scene, name: str, spoil: Callable[[Tracker], Awaitable[None]], caplog: pytest.LogCaptureFixture
) -> None:
    """Everybody is in the list; of the one that fails nothing has changed, and the log names it each time."""
    rows = await furnish(scene)
    await spoil(rows[1])
    broken = rows[1].client_id
    before = await Client.get(id=broken)
    everybody = {row.client_id for row in rows}
    assert await listed(scene, name) == everybody
    assert f"Client {broken} could not be settled" in caplog.text
    for row in rows:
        await row.refresh_from_db()
    assert [(row.period_number, row.used) for row in rows] == [(2, 0), (1, 1), (2, 0)]
    assert [row.state for row in rows] == [TrackerState.ACTIVE] * 3
    after = await Client.get(id=broken)
    assert (after.revision, after.due_at) == (before.revision, before.due_at)
    assert await listed(scene, name) == everybody
    assert await roll_over(now=NOW) == Rollover(failures=[broken])
