"""Trackers with many periods behind them: rolled to the current one, or refused when they are too many."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from models.errors import Invalid
from models.terms import TrackerState
from models.tracker_settings import TrackerSettings
from models.trackers import ClosedPeriod, Tracker
from tests.api.desk import on_record
from tests.storage.recount import assert_whole
from tests.storage.scene import Scene

YEARLY: Final = TrackerSettings(
    session_limit=12,
    begin_date=date(1960, 1, 1),
    end_date=date(1960, 12, 31),
    note=None,
    color="#336699",
    auto_reset=True,
    task_rule=None,
)
TODAY: Final = date(2026, 3, 4)


def daily(*, behind: int) -> TrackerSettings:
    """Return settings of one day, with that many periods before today's."""
    first = TODAY - timedelta(days=behind)
    return replace(YEARLY, begin_date=first, end_date=first)


async def refused(scene: Scene, work: object) -> None:
    """Expect INVALID at the begin date, and everything as it was."""
    before = await on_record(scene.practice.id)
    with pytest.raises(Invalid) as refusal:
        await work  # type: ignore[misc]  # a coroutine of whatever the use case returns
    assert (refusal.value.code.value, list(refusal.value.path)) == ("INVALID", ["beginDate"])
    assert await on_record(scene.practice.id) == before


async def assert_rolled_from_1960(scene: Scene, tracker: Tracker) -> None:
    """Expect 66 years closed, each at its midnight in Zurich, and 2026 running."""
    assert (tracker.period_number, tracker.state) == (67, TrackerState.ACTIVE)
    assert (tracker.begin_date, tracker.end_date) == (date(2026, 1, 1), date(2026, 12, 31))
    closed = await ClosedPeriod.filter(tracker_id=tracker.id).order_by("number")
    years = [(period.number, period.begin_date, period.end_date) for period in closed]
    assert years == [(year - 1959, date(year, 1, 1), date(year, 12, 31)) for year in range(1960, 2026)]
    assert closed[0].closed_at == datetime(1960, 12, 31, 23, tzinfo=UTC)
    assert closed[-1].closed_at == datetime(2025, 12, 31, 23, tzinfo=UTC)
    await assert_whole(tracker.client_id, now=scene.clock.now())


async def test_a_tracker_from_1960_rolls_to_this_year(scene: Scene) -> None:
    """A session of this year counts in it."""
    client = await scene.client()
    await scene.appointment(client.id, completed=True)
    tracker = await scene.tracker(client.id, YEARLY)
    assert tracker.used == 1
    await assert_rolled_from_1960(scene, tracker)


async def test_an_expired_tracker_from_1960_is_edited_and_rolls(scene: Scene) -> None:
    """Given automatic reset, it comes to this year; it can be edited there, and rolls on from there."""
    client = await scene.client()
    tracker = await scene.tracker(client.id, replace(YEARLY, auto_reset=False))
    assert (tracker.period_number, tracker.state) == (1, TrackerState.EXPIRED)
    tracker = await scene.edit(tracker, YEARLY, "auto_reset")
    await assert_rolled_from_1960(scene, tracker)
    tracker = await scene.edit(tracker, replace(YEARLY, session_limit=5, note="Extended"), "session_limit", "note")
    assert (tracker.session_limit, tracker.note, tracker.period_number) == (5, "Extended", 67)
    scene.clock.moment = datetime(2026, 12, 31, 23, tzinfo=UTC)
    await scene.read(client.id)
    await tracker.refresh_from_db()
    assert (tracker.period_number, tracker.begin_date, tracker.end_date) == (68, date(2027, 1, 1), date(2027, 12, 31))


async def test_a_tracker_moved_back_to_1960_rolls(scene: Scene) -> None:
    """A person sets both dates of a running tracker to a year long past."""
    client = await scene.client()
    running = replace(YEARLY, begin_date=date(2026, 1, 1), end_date=date(2026, 12, 31))
    tracker = await scene.tracker(client.id, running)
    await assert_rolled_from_1960(scene, await scene.edit(tracker, YEARLY, "begin_date", "end_date"))


async def test_a_thousand_periods_fit(scene: Scene) -> None:
    """Created or edited so, today's period is the one after them."""
    created = await scene.tracker((await scene.client()).id, daily(behind=1000))
    expired = await scene.tracker((await scene.client()).id, replace(daily(behind=1000), auto_reset=False))
    edited = await scene.edit(expired, YEARLY, "auto_reset")
    for tracker in (created, edited):
        assert (tracker.period_number, tracker.begin_date, tracker.end_date) == (1001, TODAY, TODAY)
        assert await ClosedPeriod.filter(tracker_id=tracker.id).count() == 1000


async def test_more_than_a_thousand_periods_are_refused(scene: Scene) -> None:
    """When a tracker is set; without automatic reset the same dates are fine."""
    client = await scene.client()
    await refused(scene, scene.tracker(client.id, daily(behind=1001)))
    await refused(scene, scene.tracker(client.id, replace(YEARLY, end_date=YEARLY.begin_date)))
    tracker = await scene.tracker(client.id, replace(daily(behind=1001), auto_reset=False))
    assert tracker.state is TrackerState.EXPIRED


async def test_an_edit_to_more_than_a_thousand_periods_is_refused(scene: Scene) -> None:
    """By giving an expired tracker automatic reset, or a running one dates long past."""
    client = await scene.client()
    expired = await scene.tracker(client.id, replace(daily(behind=1001), auto_reset=False))
    running = await scene.tracker(client.id, daily(behind=0))
    await refused(scene, scene.edit(expired, YEARLY, "auto_reset"))
    await refused(scene, scene.edit(running, daily(behind=1001), "begin_date", "end_date"))
    edited = await scene.edit(running, daily(behind=3), "begin_date", "end_date")
    assert (edited.period_number, edited.begin_date) == (4, TODAY)
