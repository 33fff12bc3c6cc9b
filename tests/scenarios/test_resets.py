"""Automatic reset: period after period, closed with its count, and corrected afterwards."""

import pytest

from tests.scenarios.story import FrontDesk


@pytest.mark.parametrize("opening", ["2026-01-31 08:00"])
async def test_periods_follow_from_the_31st_of_january(desk: FrontDesk) -> None:
    """Let the 31st come back after a shorter month, and start each period from 0 whatever was used."""
    # Given a monthly tracker from 31 January
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(
        client, limit=1, begin="2026-01-31", endDate="2026-02-27", autoReset=True, task="COUNT_REACHED"
    )
    # When sessions are held on the first and last days of its periods
    for day in ("2026-01-31", "2026-02-27", "2026-02-28", "2026-03-30", "2026-03-31"):
        desk.it_is(f"{day} 18:00")
        await desk.holds(client, f"{day} 17:00")
    desk.it_is("2026-06-01 09:00")
    # Then each counts in its own
    assert await desk.sees_periods(tracker) == [
        "2026-01-31 to 2026-02-27: 2 of 1, 0 left, 1 over; closed 2026-02-28 00:00",
        "2026-02-28 to 2026-03-30: 2 of 1, 0 left, 1 over; closed 2026-03-31 00:00",
        "2026-03-31 to 2026-04-29: 1 of 1, 0 left; closed 2026-04-30 00:00",
        "2026-04-30 to 2026-05-30: 0 of 1, 1 left; closed 2026-05-31 00:00",
        "2026-05-31 to 2026-06-29: 0 of 1, 1 left",
    ]
    assert [(task.period, task.status, task.created) for task in await desk.sees_tasks(client)] == [
        (1, "OPEN", "2026-01-31 18:00"),
        (2, "OPEN", "2026-02-28 18:00"),
        (3, "OPEN", "2026-03-31 18:00"),
    ]


@pytest.mark.parametrize(
    ("opening", "end", "then", "following"),
    [
        pytest.param(
            "2026-01-01", "2026-12-31", "2028-12-31", ["2027-01-01 to 2027-12-31", "2028-01-01 to 2028-12-31"]
        ),
        pytest.param(
            "2024-02-29", "2025-02-27", "2026-03-01", ["2025-02-28 to 2026-02-27", "2026-02-28 to 2027-02-27"]
        ),
        pytest.param(
            "2026-03-01", "2026-03-07", "2026-03-20", ["2026-03-08 to 2026-03-14", "2026-03-15 to 2026-03-21"]
        ),
        pytest.param(
            "2026-01-15", "2026-04-14", "2026-08-01", ["2026-04-15 to 2026-07-14", "2026-07-15 to 2026-10-14"]
        ),
        pytest.param(
            "2026-03-03", "2026-03-03", "2026-03-05", ["2026-03-04 to 2026-03-04", "2026-03-05 to 2026-03-05"]
        ),
    ],
    ids=["calendar years", "leap day", "weeks", "quarters", "days"],
)
async def test_the_next_period_is_as_long_as_the_one_a_person_set(
    desk: FrontDesk, opening: str, end: str, then: str, following: list[str]
) -> None:
    """Stay with whole calendar months where there are any, else with days."""
    client = await desk.welcomes("Mara Keller")
    begin = opening.partition(" ")[0]
    tracker = await desk.tracks(client, limit=5, begin=begin, endDate=end, autoReset=True)
    desk.it_is(f"{then} 09:00")
    periods = await desk.sees_periods(tracker)
    assert [period.split(":")[0] for period in periods] == [f"{begin} to {end}", *following]


async def test_a_reset_at_midnight_moves_what_is_of_the_new_day_and_not_what_is_of_the_old(desk: FrontDesk) -> None:
    """Give the new period to the dialog of its first day, and leave the dialog of the period that ended alone."""
    # Given dialogs of the last day of a period and of the first day of the next
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=2, begin="2026-03-01", endDate="2026-03-31", autoReset=True, note="Block")
    (last_day,) = await desk.holds(client, "2026-03-04 09:00")
    first_day = await desk.books(client, "2026-04-01 09:00")
    async with desk.dialog(last_day) as old, desk.dialog(first_day) as new, desk.page(client) as page:
        assert await old.shows(because="SNAPSHOT") == ["ACTIVE 1 of 2, 1 left, session 1"]
        assert await new.shows(because="SNAPSHOT") == []
        assert await page.shows() == ["ACTIVE 1 of 2, 1 left"]
        # When the period ends
        desk.it_is("2026-04-01 00:00")
        # Then the new day begins from 0, and the old day keeps its number
        assert await new.shows(because="RESET") == ["ACTIVE 0 of 2, 2 left"]
        assert await page.shows() == ["ACTIVE 0 of 2, 2 left"]
        assert await old.stays_as_it_is()
        # When the first session of the new period is held, then only its own dialogs move
        desk.it_is("2026-04-01 11:00")
        await desk.completes(first_day)
        assert await new.shows(because="COMPLETION") == ["ACTIVE 1 of 2, 1 left, session 1"]
        assert await old.stays_as_it_is()
    assert await desk.sees(last_day) == ["ACTIVE 1 of 2, 1 left, session 1"]


async def test_a_session_completed_after_the_reset_counts_in_the_closed_period_and_fires_nothing(
    desk: FrontDesk,
) -> None:
    """Correct history, up and down, and leave its tasks alone."""
    # Given the last session of March, not marked until 2 April; a second one was marked and fired nothing yet
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(
        client, limit=2, begin="2026-03-01", endDate="2026-03-31", autoReset=True, task="COUNT_REACHED"
    )
    (early,) = await desk.holds(client, "2026-03-02 09:00")
    late, april = await desk.books(client, "2026-03-31 09:00"), await desk.books(client, "2026-04-02 09:00")
    desk.it_is("2026-04-02 10:00")
    assert await desk.sees(late) == ["ACTIVE 1 of 2, 1 left"]
    async with desk.dialog(late) as dialog:
        assert await dialog.shows(because="SNAPSHOT") == ["ACTIVE 1 of 2, 1 left"]
        # When it is marked, then March shows it, April does not, and nobody gets a task
        await desk.completes(late)
        assert await dialog.shows(because="COMPLETION") == ["LIMIT_REACHED 2 of 2, 0 left, session 2"]
    assert await desk.sees(april) == ["ACTIVE 0 of 2, 2 left"]
    assert await desk.sees_periods(tracker) == [
        "2026-03-01 to 2026-03-31: 2 of 2, 0 left; closed 2026-04-01 00:00",
        "2026-04-01 to 2026-04-30: 0 of 2, 2 left",
    ]
    assert await desk.hears_of(client) == []
    # When a session of March is moved into April, then both periods have it right
    await desk.moves(early, "2026-04-01 09:00")
    assert await desk.sees_periods(tracker) == [
        "2026-03-01 to 2026-03-31: 1 of 2, 1 left; closed 2026-04-01 00:00",
        "2026-04-01 to 2026-04-30: 1 of 2, 1 left",
    ]


async def test_a_correction_in_a_closed_period_withdraws_nothing(desk: FrontDesk) -> None:
    """Keep the task that a closed period's count fired, although the count falls below the limit."""
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(
        client, limit=1, begin="2026-03-01", endDate="2026-03-31", autoReset=True, task="COUNT_REACHED"
    )
    (session,) = await desk.holds(client, "2026-03-02 09:00")
    desk.it_is("2026-04-02 10:00")
    await desk.reopens(session)
    assert (await desk.sees_periods(tracker))[0] == (
        "2026-03-01 to 2026-03-31: 0 of 1, 1 left; closed 2026-04-01 00:00"
    )
    assert await desk.hears_of(client) == ["OPEN, COUNT_REACHED in period 1"]


async def test_a_running_period_that_a_person_edits_is_the_anchor_of_those_that_follow(desk: FrontDesk) -> None:
    """Count on from the dates a person set last; closed periods keep what they had."""
    # Given a monthly tracker in its second period
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(client, limit=4, begin="2026-03-01", endDate="2026-03-31", autoReset=True)
    desk.it_is("2026-04-20 09:00")
    # When its begin and limit are changed
    await desk.edits(tracker, beginDate="2026-04-05", endDate="2026-05-04", sessionLimit=6)
    # Then the months run from the 5th, and March is what it was
    desk.it_is("2026-06-05 09:00")
    assert await desk.sees_periods(tracker) == [
        "2026-03-01 to 2026-03-31: 0 of 4, 4 left; closed 2026-04-01 00:00",
        "2026-04-05 to 2026-05-04: 0 of 6, 6 left; closed 2026-05-05 00:00",
        "2026-05-05 to 2026-06-04: 0 of 6, 6 left; closed 2026-06-05 00:00",
        "2026-06-05 to 2026-07-04: 0 of 6, 6 left",
    ]
    # When it is to begin in a period that is closed, then that is refused and nothing has changed
    before = await desk.sees_periods(tracker)
    refused = await desk.is_refused("updateTracker", trackerId=tracker, beginDate="2026-06-04")
    assert refused == ["OVERLAPS_CLOSED_PERIOD"]
    assert await desk.sees_periods(tracker) == before


@pytest.mark.parametrize("opening", ["2026-01-31 08:00"])
async def test_setting_dates_to_what_they_are_keeps_the_anchor(desk: FrontDesk) -> None:
    """Let the 31st come back after an edit in February that names February's own dates."""
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(client, limit=1, begin="2026-01-31", endDate="2026-02-27", autoReset=True)
    desk.it_is("2026-03-01 08:00")
    await desk.edits(tracker, beginDate="2026-02-28", endDate="2026-03-30", sessionLimit=2)
    desk.it_is("2026-04-01 08:00")
    assert (await desk.sees_periods(tracker))[-1] == "2026-03-31 to 2026-04-29: 0 of 2, 2 left"
