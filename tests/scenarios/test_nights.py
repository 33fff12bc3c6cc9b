"""Ends of periods as the worker alone brings them about: at the first instant of the day after, and once."""

from dataclasses import replace
from datetime import date

import pytest

from jobs.rollover import Rollover
from models.trackers import Tracker
from tests.conftest import StillClock
from tests.scenarios.nights import Nights, practice_in
from tests.scenarios.story import days

MARCH = ("2026-03-01", "2026-03-31")
APRIL_BEGINS = "2026-04-01 00:00"


@pytest.fixture
async def nights(database: str, clock: StillClock) -> Nights:
    """Return a practice in Zurich on 4 March 2026."""
    return await practice_in("Europe/Zurich", opening="2026-03-04 11:00", clock=clock)


async def test_a_reset_closes_the_period_with_its_count_and_begins_the_next_from_zero(nights: Nights) -> None:
    """Not a moment before midnight, and once, however often the worker looks."""
    client = await nights.welcomes()
    tracker = await nights.tracks(client, *MARCH, resets=True)
    await nights.holds(client, "2026-03-02 09:00", "2026-03-04 09:00")
    before = await nights.change(client)
    assert await nights.looks_just_before(APRIL_BEGINS) == Rollover()
    assert await nights.left(tracker) == ["2026-03-01 to 2026-03-31: 2 of 3; ACTIVE"]
    assert await nights.looks_at(APRIL_BEGINS) == Rollover(clients=1, periods_closed=1)
    for _ in range(2):
        assert await nights.left(tracker) == [
            "2026-03-01 to 2026-03-31: 2 of 3; closed 2026-04-01 00:00",
            "2026-04-01 to 2026-04-30: 0 of 3; ACTIVE",
        ]
        assert await nights.change(client) == (before[0] + 1, "RESET")
        assert await nights.looks_at("2026-04-01 00:01") == Rollover()
    assert await nights.tasks(tracker) == []


async def test_without_reset_the_tracker_expires(nights: Nights) -> None:
    """And stays in its only period."""
    client = await nights.welcomes()
    tracker = await nights.tracks(client, *MARCH)
    await nights.holds(client, "2026-03-02 09:00")
    before = await nights.change(client)
    assert await nights.looks_just_before(APRIL_BEGINS) == Rollover()
    assert await nights.looks_at(APRIL_BEGINS) == Rollover(clients=1, expired=1)
    assert await nights.looks_at("2026-05-01 00:00") == Rollover()
    assert await nights.left(tracker) == ["2026-03-01 to 2026-03-31: 1 of 3; EXPIRED"]
    assert await nights.change(client) == (before[0] + 1, "EXPIRY")


@pytest.mark.parametrize("resets", [False, True])
async def test_the_task_of_the_end_comes_with_the_end(nights: Nights, resets: bool) -> None:
    """One for the period, with reset and without."""
    client = await nights.welcomes()
    tracker = await nights.tracks(client, *MARCH, task="END_DATE", resets=resets)
    await nights.looks_just_before(APRIL_BEGINS)
    assert await nights.tasks(tracker) == []
    await nights.looks_at(APRIL_BEGINS)
    await nights.looks_at("2026-04-01 00:01")
    assert await nights.tasks(tracker) == ["OPEN, END_DATE in period 1, 2026-04-01 00:00"]


@pytest.mark.parametrize("resets", [False, True])
async def test_whichever_comes_first_fires_once_for_a_period(nights: Nights, resets: bool) -> None:
    """The end is not told of a period whose count was; of the next it is."""
    client = await nights.welcomes()
    counted, ended = [
        await nights.tracks(client, *MARCH, limit=limit, task="WHICHEVER_COMES_FIRST", resets=resets)
        for limit in (1, 9)
    ]
    await nights.holds(client, "2026-03-02 09:00")
    first = "OPEN, COUNT_REACHED in period 1, 2026-03-04 11:00"
    assert await nights.tasks(counted) == [first]
    await nights.looks_at(APRIL_BEGINS)
    assert await nights.tasks(counted) == [first]
    assert await nights.tasks(ended) == ["OPEN, END_DATE in period 1, 2026-04-01 00:00"]
    await nights.looks_at("2026-05-01 00:00")
    second = ["OPEN, END_DATE in period 2, 2026-05-01 00:00"] if resets else []
    assert await nights.tasks(counted) == [first, *second]


async def test_a_session_completed_in_advance_counts_from_its_own_day_on(nights: Nights) -> None:
    """Reach the limit at that midnight, with the task."""
    client = await nights.welcomes()
    tracker = await nights.tracks(client, *MARCH, limit=1, task="COUNT_REACHED")
    await nights.holds(client, "2026-03-05 09:00")
    await nights.looks_just_before("2026-03-05 00:00")
    assert await nights.left(tracker) == ["2026-03-01 to 2026-03-31: 0 of 1; ACTIVE"]
    assert await nights.tasks(tracker) == []
    assert await nights.looks_at("2026-03-05 00:00") == Rollover(clients=1, tasks=1)
    assert await nights.left(tracker) == ["2026-03-01 to 2026-03-31: 1 of 1; LIMIT_REACHED"]
    assert await nights.tasks(tracker) == ["OPEN, COUNT_REACHED in period 1, 2026-03-05 00:00"]
    assert (await nights.change(client))[1] == "NEW_DAY"


async def test_one_completed_in_advance_for_the_day_of_a_reset_counts_in_the_new_period(nights: Nights) -> None:
    """Close March without it, and begin April with it, in one look."""
    client = await nights.welcomes()
    tracker = await nights.tracks(client, *MARCH, limit=1, task="WHICHEVER_COMES_FIRST", resets=True)
    await nights.holds(client, "2026-04-01 09:00")
    await nights.looks_at(APRIL_BEGINS)
    assert await nights.left(tracker) == [
        "2026-03-01 to 2026-03-31: 0 of 1; closed 2026-04-01 00:00",
        "2026-04-01 to 2026-04-30: 1 of 1; LIMIT_REACHED",
    ]
    assert await nights.tasks(tracker) == [
        "OPEN, END_DATE in period 1, 2026-04-01 00:00",
        "OPEN, COUNT_REACHED in period 2, 2026-04-01 00:00",
    ]


async def test_an_upcoming_tracker_begins(nights: Nights) -> None:
    """On its day, with what was completed for it in advance."""
    client = await nights.welcomes()
    tracker = await nights.tracks(client, "2026-03-10", None)
    await nights.holds(client, "2026-03-04 09:00", "2026-03-10 09:00")
    for time in ("2026-03-05 00:00", "2026-03-09 23:59"):
        await nights.looks_at(time)
        assert await nights.left(tracker) == ["2026-03-10 to None: 0 of 3; UPCOMING"]
    await nights.looks_at("2026-03-10 00:00")
    assert await nights.left(tracker) == ["2026-03-10 to None: 1 of 3; ACTIVE"]


async def test_the_day_of_a_booked_session_comes(nights: Nights) -> None:
    """Nothing is counted, and yet its banner changes: the revision tells so, once."""
    client = await nights.welcomes()
    tracker = await nights.tracks(client, "2026-03-01", None)
    await nights.books(client, "2026-03-05 09:00")
    revision, _ = await nights.change(client)
    assert await nights.looks_just_before("2026-03-05 00:00") == Rollover()
    assert await nights.looks_at("2026-03-05 00:00") == Rollover(clients=1)
    assert await nights.looks_at("2026-03-05 00:01") == Rollover()
    assert await nights.change(client) == (revision + 1, "NEW_DAY")
    assert await nights.left(tracker) == ["2026-03-01 to None: 0 of 3; ACTIVE"]


async def test_days_between_a_closed_period_and_the_current_one_come_too(nights: Nights) -> None:
    """A person has put the current period off; the tracker is shown by then, and each booked day is told."""
    client = await nights.welcomes()
    tracker = await nights.tracks(client, "2026-02-01", "2026-02-28", resets=True)
    row = await Tracker.get(id=tracker)
    later = replace(row.settings, begin_date=date(2026, 4, 1), end_date=date(2026, 4, 30))
    await nights.scene.edit(row, later, "begin_date", "end_date")
    for day in ("2026-03-10 09:00", "2026-03-20 09:00"):
        await nights.books(client, day)
    for day in ("2026-03-10", "2026-03-20", "2026-04-01"):
        assert await nights.looks_just_before(f"{day} 00:00") == Rollover()
        assert await nights.looks_at(f"{day} 00:00") == Rollover(clients=1)


@pytest.mark.parametrize("looks", [["2026-03-11"], days("2026-03-05", "2026-03-11")], ids=["at once", "every day"])
async def test_after_a_week_of_downtime_the_missed_periods_are_closed_in_order(
    nights: Nights, looks: list[str]
) -> None:
    """Each with its own count, end and task, as if the worker had looked every midnight."""
    client = await nights.welcomes()
    daily = await nights.tracks(client, "2026-03-04", "2026-03-04", limit=1, task="WHICHEVER_COMES_FIRST", resets=True)
    expiring = await nights.tracks(client, "2026-03-01", "2026-03-08", limit=9, task="END_DATE")
    await nights.holds(client, "2026-03-05 09:00", "2026-03-07 09:00", "2026-03-07 11:00", "2026-03-11 09:00")
    for day in looks:
        await nights.looks_at(f"{day} 00:00")
    assert await nights.left(daily) == [
        "2026-03-04 to 2026-03-04: 0 of 1; closed 2026-03-05 00:00",
        "2026-03-05 to 2026-03-05: 1 of 1; closed 2026-03-06 00:00",
        "2026-03-06 to 2026-03-06: 0 of 1; closed 2026-03-07 00:00",
        "2026-03-07 to 2026-03-07: 2 of 1; closed 2026-03-08 00:00",
        "2026-03-08 to 2026-03-08: 0 of 1; closed 2026-03-09 00:00",
        "2026-03-09 to 2026-03-09: 0 of 1; closed 2026-03-10 00:00",
        "2026-03-10 to 2026-03-10: 0 of 1; closed 2026-03-11 00:00",
        "2026-03-11 to 2026-03-11: 1 of 1; LIMIT_REACHED",
    ]
    assert await nights.tasks(daily) == [
        "OPEN, END_DATE in period 1, 2026-03-05 00:00",
        "OPEN, COUNT_REACHED in period 2, 2026-03-05 00:00",
        "OPEN, END_DATE in period 3, 2026-03-07 00:00",
        "OPEN, COUNT_REACHED in period 4, 2026-03-07 00:00",
        "OPEN, END_DATE in period 5, 2026-03-09 00:00",
        "OPEN, END_DATE in period 6, 2026-03-10 00:00",
        "OPEN, END_DATE in period 7, 2026-03-11 00:00",
        "OPEN, COUNT_REACHED in period 8, 2026-03-11 00:00",
    ]
    assert await nights.left(expiring) == ["2026-03-01 to 2026-03-08: 3 of 9; EXPIRED"]
    assert await nights.tasks(expiring) == ["OPEN, END_DATE in period 1, 2026-03-09 00:00"]
