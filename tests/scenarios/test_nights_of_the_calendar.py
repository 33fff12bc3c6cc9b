"""Ends of periods where the calendar is odd, as the worker alone brings them about."""

from datetime import UTC, datetime

import pytest

from jobs.rollover import Rollover
from tests.conftest import StillClock
from tests.scenarios.nights import practice_in
from tests.scenarios.test_time_zones import WITHOUT_MIDNIGHT

ZURICH = "Europe/Zurich"


async def test_months_from_the_31st_are_told_from_the_anchor(database: str, clock: StillClock) -> None:
    """Let the 31st come back after each shorter month, and the leap day be one of them."""
    nights = await practice_in(ZURICH, opening="2028-01-31 08:00", clock=clock)
    tracker = await nights.tracks(await nights.welcomes(), "2028-01-31", "2028-02-28", resets=True, task="END_DATE")
    for time in ("2028-02-29 00:00", "2028-03-31 00:00", "2028-04-30 00:00", "2028-05-31 00:00"):
        assert await nights.looks_just_before(time) == Rollover()
        assert await nights.looks_at(time) == Rollover(clients=1, periods_closed=1, tasks=1)
    assert await nights.left(tracker) == [
        "2028-01-31 to 2028-02-28: 0 of 3; closed 2028-02-29 00:00",
        "2028-02-29 to 2028-03-30: 0 of 3; closed 2028-03-31 00:00",
        "2028-03-31 to 2028-04-29: 0 of 3; closed 2028-04-30 00:00",
        "2028-04-30 to 2028-05-30: 0 of 3; closed 2028-05-31 00:00",
        "2028-05-31 to 2028-06-29: 0 of 3; ACTIVE",
    ]


async def test_a_calendar_year_stays_one_through_a_leap_year(database: str, clock: StillClock) -> None:
    """Count the leap day's session, and end on 31 December."""
    nights = await practice_in(ZURICH, opening="2027-06-01 08:00", clock=clock)
    client = await nights.welcomes()
    tracker = await nights.tracks(client, "2027-01-01", "2027-12-31", resets=True)
    await nights.looks_at("2028-01-01 00:00")
    await nights.holds(client, "2028-02-29 09:00")
    await nights.looks_at("2028-02-29 00:00")
    assert await nights.looks_at("2028-12-31 23:59") == Rollover()
    await nights.looks_at("2029-01-01 00:00")
    assert await nights.left(tracker) == [
        "2027-01-01 to 2027-12-31: 0 of 3; closed 2028-01-01 00:00",
        "2028-01-01 to 2028-12-31: 1 of 3; closed 2029-01-01 00:00",
        "2029-01-01 to 2029-12-31: 0 of 3; ACTIVE",
    ]


@pytest.mark.parametrize(("zone", "day", "first_instant"), WITHOUT_MIDNIGHT)
async def test_where_the_clocks_jump_over_midnight_the_day_begins_at_one(
    database: str, clock: StillClock, zone: str, day: str, first_instant: str
) -> None:
    """End the day before at that instant, and not a moment before."""
    month = day[:8]
    eve = f"{month}{int(day[8:]) - 1:02}"
    nights = await practice_in(zone, opening=f"{month}01 08:00", clock=clock)
    client = await nights.welcomes()
    resets = await nights.tracks(client, eve, eve, resets=True, task="END_DATE")
    expires = await nights.tracks(client, f"{month}01", eve)
    await nights.looks_at(f"{eve} 00:00")
    turn = datetime.fromisoformat(first_instant)
    assert await nights.looks_just_before(turn) == Rollover()
    assert await nights.looks_at(turn) == Rollover(clients=1, periods_closed=1, expired=1, tasks=1)
    assert (await nights.left(resets))[0] == f"{eve} to {eve}: 0 of 3; closed {day} 01:00"
    assert await nights.left(expires) == [f"{month}01 to {eve}: 0 of 3; EXPIRED"]
    assert await nights.tasks(resets) == [f"OPEN, END_DATE in period 1, {day} 01:00"]


@pytest.mark.parametrize(
    ("zone", "eve", "day", "turn", "looks"),
    [
        # At 01:00 it is 00:00 once more: the day has begun at the first.
        ("America/Havana", "2026-10-31", "2026-11-01", datetime(2026, 11, 1, 4, tzinfo=UTC), (4, 5, 6)),
        # At 24:00 it is 23:00 once more: the day begins when that hour is over.
        ("America/Santiago", "2026-04-04", "2026-04-05", datetime(2026, 4, 5, 4, tzinfo=UTC), (4, 5)),
        # At 00:01 it is 23:01 once more: the day has begun for a minute, and what has ended stays so.
        ("America/St_Johns", "2010-11-06", "2010-11-07", datetime(2010, 11, 7, 2, 30, tzinfo=UTC), (3, 4)),
    ],
)
async def test_an_hour_that_comes_twice_ends_a_period_once(
    database: str, clock: StillClock, zone: str, eve: str, day: str, turn: datetime, looks: tuple[int, ...]
) -> None:
    """At the first instant of the day, whatever the clocks show afterwards."""
    nights = await practice_in(zone, opening=f"{eve} 08:00", clock=clock)
    tracker = await nights.tracks(await nights.welcomes(), eve, eve, resets=True, task="END_DATE")
    assert await nights.looks_just_before(turn) == Rollover()
    assert await nights.looks_at(turn) == Rollover(clients=1, periods_closed=1, tasks=1)
    for hour in looks:
        assert await nights.looks_at(turn.replace(hour=hour, minute=59)) == Rollover()
    assert await nights.left(tracker) == [
        f"{eve} to {eve}: 0 of 3; closed {day} 00:00",
        f"{day} to {day}: 0 of 3; ACTIVE",
    ]
    assert await nights.tasks(tracker) == [f"OPEN, END_DATE in period 1, {day} 00:00"]


async def test_a_date_that_the_calendar_leaves_out_ends_as_it_begins(database: str, clock: StillClock) -> None:
    """In Apia 29 December 2011 was followed by the 31st: both days' periods end at that instant, in order."""
    nights = await practice_in("Pacific/Apia", opening="2011-12-29 08:00", clock=clock)
    client = await nights.welcomes()
    daily = await nights.tracks(client, "2011-12-29", "2011-12-29", resets=True, task="END_DATE")
    expires = await nights.tracks(client, "2011-12-01", "2011-12-30", task="END_DATE")
    await nights.holds(client, "2011-12-29 09:00")
    turn = datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert await nights.looks_just_before(turn) == Rollover()
    assert await nights.looks_at(turn) == Rollover(clients=1, periods_closed=2, expired=1, tasks=3)
    assert await nights.left(daily) == [
        "2011-12-29 to 2011-12-29: 1 of 3; closed 2011-12-31 00:00",
        "2011-12-30 to 2011-12-30: 0 of 3; closed 2011-12-31 00:00",
        "2011-12-31 to 2011-12-31: 0 of 3; ACTIVE",
    ]
    assert await nights.tasks(daily) == [
        "OPEN, END_DATE in period 1, 2011-12-31 00:00",
        "OPEN, END_DATE in period 2, 2011-12-31 00:00",
    ]
    assert await nights.left(expires) == ["2011-12-01 to 2011-12-30: 1 of 3; EXPIRED"]
