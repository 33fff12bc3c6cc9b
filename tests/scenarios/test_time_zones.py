"""Midnight where the practice is: nights without one, and a practice that moves to another zone."""

from datetime import datetime, timedelta

import pytest

from tests.scenarios.story import FrontDesk

WITHOUT_MIDNIGHT = [
    pytest.param("America/Santiago", "2026-09-06", "2026-09-06T04:00:00+00:00", id="Santiago"),
    pytest.param("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00+00:00", id="Cairo"),
    pytest.param("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00+00:00", id="Beirut"),
]


@pytest.mark.parametrize(("zone", "day", "first_instant"), WITHOUT_MIDNIGHT)
async def test_a_period_ends_when_the_clocks_jump_over_midnight(
    desk: FrontDesk, zone: str, day: str, first_instant: str
) -> None:
    """End at the first instant of the day after, 01:00, and not a minute before."""
    # Given trackers whose last day ends where 00:00 is left out: one expires, one resets
    await desk.is_in(zone)
    last_day = (datetime.fromisoformat(day) - timedelta(days=1)).date().isoformat()
    desk.it_is(f"{last_day} 12:00")
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=5, begin=last_day, endDate=last_day, task="END_DATE")
    daily = await desk.tracks(client, limit=5, begin=last_day, endDate=last_day, autoReset=True)
    late = await desk.books(client, f"{last_day} 23:30")
    early = await desk.books(client, f"{day} 01:00")
    await desk.completes(late, early)
    # When it is the last minute of that day, then both run and the next day's session does not count
    desk.house.clock.moment = datetime.fromisoformat(first_instant) - timedelta(minutes=1)
    assert await desk.sees_trackers(client) == ["ACTIVE 1 of 5, 4 left"] * 2
    async with desk.dialog(early) as dialog:
        assert await dialog.shows(because="SNAPSHOT") == []
        # When the clocks jump to 01:00, then the one expires, the other resets, and the new day's session counts
        desk.house.clock.moment = datetime.fromisoformat(first_instant)
        shown = await dialog.shows(because="RESET")
    assert shown == ["EXPIRED 1 of 5, 4 left", "ACTIVE 1 of 5, 4 left, session 1"]
    assert (await desk.sees_task(client)).created == f"{day} 01:00"
    assert await desk.sees_periods(daily) == [
        f"{last_day} to {last_day}: 1 of 5, 4 left; closed {day} 01:00",
        f"{day} to {day}: 1 of 5, 4 left",
    ]


async def test_a_move_of_the_practice_moves_the_days_of_its_sessions(desk: FrontDesk) -> None:
    """Count a session of 00:30 in Zurich on the evening before in New York, in open dialogs too."""
    # Given a session half an hour into the period's first day, in Zurich
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=2, begin="2026-03-04", task="COUNT_REACHED")
    night, day = await desk.holds(client, "2026-03-04 00:30", "2026-03-04 09:00")
    assert await desk.hears_of(client) == ["OPEN, COUNT_REACHED in period 1"]
    async with desk.dialog(day) as dialog:
        assert await dialog.shows(because="SNAPSHOT") == ["LIMIT_REACHED 2 of 2, 0 left, session 2"]
        # When the practice moves to New York, then it was held on 3 March, and the task is withdrawn
        await desk.is_in("America/New_York")
        assert await dialog.shows(because="CORRECTION") == ["ACTIVE 1 of 2, 1 left, session 1"]
        assert await desk.sees(night) == []
        assert await desk.hears_of(client) == ["WITHDRAWN, COUNT_REACHED in period 1"]
        # When it moves back, then all is as it was
        await desk.is_in("Europe/Zurich")
        assert await dialog.shows(because="CORRECTION") == ["LIMIT_REACHED 2 of 2, 0 left, session 2"]
    assert await desk.hears_of(client) == ["OPEN, COUNT_REACHED in period 1"]


async def test_a_move_settles_first_what_is_due_where_the_practice_was(desk: FrontDesk) -> None:
    """Close March at Zurich's midnight although New York has not got there, and never open it again."""
    # Given a monthly tracker in Zurich, where April has begun; in New York it is the evening of 31 March
    client = await desk.welcomes("Mara Keller")
    monthly = await desk.tracks(
        client, limit=2, begin="2026-03-01", endDate="2026-03-31", autoReset=True, task="END_DATE"
    )
    expiring = await desk.tracks(client, limit=2, begin="2026-03-01", endDate="2026-03-31", task="END_DATE")
    await desk.holds(client, "2026-03-04 09:00")
    desk.it_is("2026-04-01 02:00")
    # When the practice moves
    await desk.is_in("America/New_York")
    # Then March is closed as of Zurich's midnight, and April waits for New York's
    ended = "2026-03-01 to 2026-03-31: 1 of 2, 1 left; closed 2026-03-31 18:00"
    assert await desk.sees_periods(monthly) == [ended, "2026-04-01 to 2026-04-30: 0 of 2, 2 left"]
    assert await desk.sees_trackers(client) == ["UPCOMING 0 of 2, 2 left", "ACTIVE 1 of 2, 1 left"]
    tasks = await desk.sees_tasks(client)
    assert [(task.story, task.created) for task in tasks] == [
        ("OPEN, END_DATE in period 1", "2026-03-31 18:00"),
        ("OPEN, END_DATE in period 1", "2026-03-31 18:00"),
    ]
    # When midnight comes to New York, then April begins, and nothing ends a second time
    desk.it_is("2026-04-01 00:00")
    assert await desk.sees_trackers(client) == ["ACTIVE 0 of 2, 2 left", "EXPIRED 1 of 2, 1 left"]
    assert (await desk.sees_periods(monthly))[0] == ended
    assert await desk.sees_tasks(client) == tasks
    assert await desk.sees_periods(expiring) == ["2026-03-01 to 2026-03-31: 1 of 2, 1 left"]


async def test_a_move_to_the_east_ends_a_day_at_once(desk: FrontDesk) -> None:
    """Expire in the move itself where the end date is over already in the new zone."""
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(client, limit=2, begin="2026-03-01", endDate="2026-03-04", task="END_DATE")
    desk.it_is("2026-03-04 20:00")
    assert await desk.sees_tracker(tracker) == "ACTIVE 0 of 2, 2 left"
    await desk.is_in("Pacific/Auckland")
    assert await desk.sees_tracker(tracker) == "EXPIRED 0 of 2, 2 left"
    assert await desk.hears_of(client) == ["OPEN, END_DATE in period 1"]
