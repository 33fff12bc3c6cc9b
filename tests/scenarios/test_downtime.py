"""After downtime: the outcome is the one that looking every day would have given."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.scenarios.conftest import Premises
from tests.scenarios.sights import Task
from tests.scenarios.story import FrontDesk, days

FIRST_DAY = "2026-01-05 09:00"
LAST_LOOK = "2026-01-20 18:00"
BOOKED_AHEAD = ("2026-01-31", "2026-02-01", "2026-02-14", "2026-02-27", "2026-02-28", "2026-03-30", "2026-04-30")


@dataclass(frozen=True)
class Twin:
    """One of two clients to whom the same things happen."""

    client: str
    trackers: list[str]
    sessions: list[str]


@dataclass(frozen=True)
class Outcome:
    """Everything there is to see of a client; tasks without their ids, sorted, as their order at one moment is free."""

    trackers: list[str]
    periods: list[list[str]]
    tasks: list[tuple[str, ...]]
    banners: list[list[str]]


async def begin(desk: FrontDesk) -> Twin:
    """Set trackers of every kind on a client, hold sessions, and book some ahead, a few marked in advance."""
    client = await desk.welcomes("Mara Keller")
    month: dict[str, Any] = {"begin": "2026-01-31", "endDate": "2026-02-27", "autoReset": True}
    week: dict[str, Any] = {"begin": "2026-01-05", "endDate": "2026-01-11", "autoReset": True}
    trackers = [
        await desk.tracks(client, limit=1, task="WHICHEVER_COMES_FIRST", note="A", **month),
        await desk.tracks(client, limit=2, task="COUNT_REACHED", note="B", **month),
        await desk.tracks(client, limit=3, task="END_DATE", note="C", **week),
        await desk.tracks(client, limit=2, begin="2026-01-10", endDate="2026-02-14", task="END_DATE", note="D"),
        await desk.tracks(
            client, limit=3, begin="2026-01-01", endDate="2026-03-31", task="WHICHEVER_COMES_FIRST", note="E"
        ),
        await desk.tracks(client, limit=4, begin="2026-01-01", task="COUNT_REACHED", note="F"),
    ]
    desk.it_is("2026-01-12 18:00")
    sessions = await desk.holds(client, "2026-01-05 09:00", "2026-01-12 09:00", "2026-01-12 10:00")
    sessions += [await desk.books(client, f"{day} 09:00") for day in BOOKED_AHEAD]
    await desk.completes(*sessions[3:])
    await desk.misses(sessions[5])
    desk.it_is(LAST_LOOK)
    await desk.sees_trackers(client)
    return Twin(client, trackers, sessions)


async def outcome(desk: FrontDesk, twin: Twin) -> Outcome:
    """Look at everything."""
    tasks: list[Task] = await desk.sees_tasks(twin.client)
    return Outcome(
        trackers=await desk.sees_trackers(twin.client),
        periods=[await desk.sees_periods(tracker) for tracker in twin.trackers],
        tasks=sorted((task.created, task.title, task.story, task.closed or "") for task in tasks),
        banners=[await desk.sees(session) for session in twin.sessions],
    )


@pytest.mark.parametrize("until", ["2026-01-27", "2026-05-01"], ids=["a week", "three months"])
async def test_downtime_ends_as_a_twin_who_was_looked_at_every_day(premises: Premises, until: str) -> None:
    """Compare periods, counts, tasks with their moments, and banners, after the server has been down."""
    # Given a twin who is looked at every day
    premises.it_is(FIRST_DAY)
    async with premises.open() as desk:
        first = await begin(desk)
        for day in days("2026-01-21", until):
            desk.it_is(f"{day} 08:00")
            await desk.sees_trackers(first.client)
        daily = await outcome(desk, first)
    # Given the other, to whom the same happened by the same clock
    premises.it_is(FIRST_DAY)
    async with premises.open() as desk:
        second = await begin(desk)
        assert await outcome(desk, second) != daily
    # When the server is down all the while, and comes up again
    premises.it_is(f"{until} 08:00")
    async with premises.open() as desk:
        after = await outcome(desk, second)
    # Then both stand alike
    assert after.trackers == daily.trackers
    assert after.periods == daily.periods
    assert after.tasks == daily.tasks
    assert after.banners == daily.banners


async def test_every_missed_period_is_closed_in_order_with_its_own_count_and_task(premises: Premises) -> None:
    """Catch up by months, at the moments that were missed."""
    # Given a monthly tracker in a practice that shuts its server down on 4 March
    async with premises.open() as desk:
        client = await desk.welcomes("Mara Keller")
        tracker = await desk.tracks(
            client, limit=2, begin="2026-03-01", endDate="2026-03-31", autoReset=True, task="WHICHEVER_COMES_FIRST"
        )
        await desk.holds(client, "2026-03-02 09:00", "2026-04-07 09:00", "2026-04-08 09:00", "2026-06-10 09:00")
    # When it comes up on 10 June
    premises.it_is("2026-06-10 12:00")
    async with premises.open() as desk:
        assert await desk.sees_periods(tracker) == [
            "2026-03-01 to 2026-03-31: 1 of 2, 1 left; closed 2026-04-01 00:00",
            "2026-04-01 to 2026-04-30: 2 of 2, 0 left; closed 2026-05-01 00:00",
            "2026-05-01 to 2026-05-31: 0 of 2, 2 left; closed 2026-06-01 00:00",
            "2026-06-01 to 2026-06-30: 1 of 2, 1 left",
        ]
        assert [(task.story, task.created) for task in await desk.sees_tasks(client)] == [
            ("OPEN, END_DATE in period 1", "2026-04-01 00:00"),
            ("OPEN, COUNT_REACHED in period 2", "2026-04-08 00:00"),
            ("OPEN, END_DATE in period 3", "2026-06-01 00:00"),
        ]


async def test_a_dialog_opened_again_after_downtime_shows_the_new_period_at_once(premises: Premises) -> None:
    """Show nobody a period that is over as if it were running."""
    async with premises.open() as desk:
        client = await desk.welcomes("Mara Keller")
        await desk.tracks(client, limit=2, begin="2026-03-01", endDate="2026-03-07", autoReset=True)
        (old,) = await desk.holds(client, "2026-03-02 09:00")
        new = await desk.books(client, "2026-03-11 09:00")
    premises.it_is("2026-03-11 08:00")
    async with premises.open() as desk:
        async with desk.dialog(new) as dialog:
            assert await dialog.shows(because="SNAPSHOT") == ["ACTIVE 0 of 2, 2 left"]
        assert await desk.sees(old) == ["ACTIVE 1 of 2, 1 left, session 1"]


async def test_the_demonstration_clock_passes_through_every_day(desk: FrontDesk) -> None:
    """Let two months pass in one call: the answer comes when all that fell due is done."""
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(
        client, limit=2, begin="2026-03-01", endDate="2026-03-31", autoReset=True, task="END_DATE"
    )
    today = await desk.books(client, "2026-05-04 09:00")
    async with desk.dialog(today) as dialog:
        assert await dialog.shows(because="SNAPSHOT") == []
        passing = "mutation { advanceClock(days: 61) { practice { today } errors { code } } }"
        assert (await desk.api.data(passing))["advanceClock"] == {"practice": {"today": "2026-05-04"}, "errors": []}
        assert await dialog.shows(because="RESET") == ["ACTIVE 0 of 2, 2 left"]
    assert await desk.sees_periods(tracker) == [
        "2026-03-01 to 2026-03-31: 0 of 2, 2 left; closed 2026-04-01 00:00",
        "2026-04-01 to 2026-04-30: 0 of 2, 2 left; closed 2026-05-01 00:00",
        "2026-05-01 to 2026-05-31: 0 of 2, 2 left",
    ]
    assert await desk.hears_of(client) == ["OPEN, END_DATE in period 1", "OPEN, END_DATE in period 2"]
