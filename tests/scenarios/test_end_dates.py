"""The end date comes: expiry, its task, and what can be done afterwards."""

import pytest

from tests.scenarios.story import FrontDesk


async def test_a_tracker_expires_at_the_first_instant_of_the_day_after_its_end_date(desk: FrontDesk) -> None:
    """Run through the last minute of the end date; then expire, with the task, in the open dialog."""
    # Given a tracker whose end date is 31 March, and an open dialog
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(client, limit=12, begin="2026-03-01", endDate="2026-03-31", task="END_DATE")
    (session,) = await desk.holds(client, "2026-03-02 09:00")
    async with desk.dialog(session) as dialog:
        assert await dialog.shows(because="SNAPSHOT") == ["ACTIVE 1 of 12, 11 left, session 1"]
        # When it is 23:59 of the end date, then nothing has happened
        desk.it_is("2026-03-31 23:59")
        assert await desk.sees_tracker(tracker) == "ACTIVE 1 of 12, 11 left"
        assert await desk.hears_of(client) == []
        assert await dialog.stays_as_it_is()
        # When it is a minute past midnight, then all of it has, as of midnight
        desk.it_is("2026-04-01 00:01")
        assert await dialog.shows(because="EXPIRY") == ["EXPIRED 1 of 12, 11 left, session 1"]
    task = await desk.sees_task(client)
    assert (task.title, task.created) == ("Mara Keller: end date 2026-03-31 reached", "2026-04-01 00:00")
    assert await desk.hears_of(client) == ["OPEN, END_DATE in period 1"]
    assert await desk.sees_periods(tracker) == ["2026-03-01 to 2026-03-31: 1 of 12, 11 left"]


async def test_whichever_comes_first_the_count(desk: FrontDesk) -> None:
    """Stay with the count's one task at the end, open or done."""
    first, second = await desk.welcomes("Mara Keller"), await desk.welcomes("Jon Frei")
    for client in (first, second):
        await desk.tracks(client, limit=1, begin="2026-03-01", endDate="2026-03-31", task="WHICHEVER_COMES_FIRST")
        await desk.holds(client, "2026-03-02 09:00")
    await desk.finishes(await desk.sees_task(second))
    desk.it_is("2026-04-01 00:00")
    assert await desk.hears_of(first) == ["OPEN, COUNT_REACHED in period 1"]
    assert await desk.hears_of(second) == ["DONE, COUNT_REACHED in period 1"]
    assert await desk.sees_trackers(first) == ["EXPIRED 1 of 1, 0 left"]


async def test_whichever_comes_first_the_end(desk: FrontDesk) -> None:
    """Stay with the end's one task when a late completion then reaches the limit, and when it is undone."""
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=1, begin="2026-03-01", endDate="2026-03-31", task="WHICHEVER_COMES_FIRST")
    session = await desk.books(client, "2026-03-31 09:00")
    desk.it_is("2026-04-01 00:00")
    fired = await desk.sees_task(client)
    assert fired.story == "OPEN, END_DATE in period 1"
    desk.it_is("2026-04-02 09:00")
    await desk.completes(session)
    assert await desk.sees_trackers(client) == ["EXPIRED 1 of 1, 0 left"]
    assert await desk.sees_task(client) == fired
    await desk.reopens(session)
    assert await desk.sees_task(client) == fired


async def test_a_withdrawn_task_reopens_at_the_end(desk: FrontDesk) -> None:
    """Reach the limit, fall back, and let the end date come first after all."""
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=1, begin="2026-03-01", endDate="2026-03-31", task="WHICHEVER_COMES_FIRST")
    (session,) = await desk.holds(client, "2026-03-02 09:00")
    await desk.cancels(session)
    assert await desk.hears_of(client) == ["WITHDRAWN, COUNT_REACHED in period 1"]
    desk.it_is("2026-04-01 00:00")
    task = await desk.sees_task(client)
    assert task.story == "OPEN, END_DATE in period 1"
    assert task.title == "Mara Keller: end date 2026-03-31 reached"


async def test_an_expired_tracker_stays_on_the_banner_until_it_is_removed(desk: FrontDesk) -> None:
    """Show its final count on later appointments, which do not count."""
    # Given an expired tracker
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(client, limit=2, begin="2026-03-01", endDate="2026-03-31")
    (march,) = await desk.holds(client, "2026-03-31 09:00")
    desk.it_is("2026-05-04 10:00")
    # When sessions are held after its end, then they do not count and show it nevertheless
    (may,) = await desk.holds(client, "2026-05-04 09:00")
    assert await desk.sees(may) == ["EXPIRED 1 of 2, 1 left"]
    assert await desk.sees(march) == ["EXPIRED 1 of 2, 1 left, session 1"]
    # When a session of March is put right, then the expired period has it
    await desk.holds(client, "2026-03-30 09:00")
    assert await desk.sees(may) == ["EXPIRED 2 of 2, 0 left"]
    assert await desk.sees(march) == ["EXPIRED 2 of 2, 0 left, session 2"]
    # When it is removed, then no banner shows it
    await desk.removes(tracker)
    assert (await desk.sees(march), await desk.sees(may)) == ([], [])


@pytest.mark.parametrize("later", ["2026-05-31", None])
async def test_an_expired_tracker_with_a_later_end_date_or_none_runs_again(desk: FrontDesk, later: str | None) -> None:
    """Go on in the same period, and count what was held meanwhile."""
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(client, limit=3, begin="2026-03-01", endDate="2026-03-31")
    await desk.holds(client, "2026-03-02 09:00")
    desk.it_is("2026-04-10 12:00")
    (meanwhile,) = await desk.holds(client, "2026-04-09 09:00")
    assert await desk.sees_tracker(tracker) == "EXPIRED 1 of 3, 2 left"
    async with desk.dialog(meanwhile) as dialog:
        assert await dialog.shows(because="SNAPSHOT") == ["EXPIRED 1 of 3, 2 left"]
        await desk.edits(tracker, endDate=later)
        assert await dialog.shows(because="TRACKER_EDIT") == ["ACTIVE 2 of 3, 1 left, session 2"]
    assert await desk.sees_periods(tracker) == [f"2026-03-01 to {later or 'further notice'}: 2 of 3, 1 left"]


async def test_a_done_task_reopens_at_the_later_end_date(desk: FrontDesk) -> None:
    """Tell of the end date that was asked for last, on its evening and not before."""
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(client, limit=3, begin="2026-03-01", endDate="2026-03-31", task="END_DATE")
    desk.it_is("2026-04-01 08:00")
    await desk.finishes(await desk.sees_task(client))
    await desk.edits(tracker, endDate="2026-04-30")
    desk.it_is("2026-04-30 23:59")
    assert await desk.hears_of(client) == ["DONE, END_DATE in period 1"]
    desk.it_is("2026-05-01 00:00")
    task = await desk.sees_task(client)
    assert (task.story, task.title) == ("OPEN, END_DATE in period 1", "Mara Keller: end date 2026-04-30 reached")


@pytest.mark.parametrize("opening", ["2026-01-05 09:00"])
async def test_an_expired_tracker_that_gets_automatic_reset_rolls_silently(desk: FrontDesk) -> None:
    """Close what has passed, each with its count, and tell of none of it."""
    # Given a tracker that expired after January, and sessions since
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(client, limit=1, begin="2026-01-01", endDate="2026-01-31")
    desk.it_is("2026-04-10 12:00")
    await desk.holds(client, "2026-01-20 09:00", "2026-02-10 09:00", "2026-02-20 09:00", "2026-04-02 09:00")
    assert await desk.sees_tracker(tracker) == "EXPIRED 1 of 1, 0 left"
    # When it gets automatic reset and a rule in April
    await desk.edits(tracker, autoReset=True, taskRule=desk.rule("WHICHEVER_COMES_FIRST"))
    # Then it stands in April; only April's reached limit is told
    assert await desk.sees_periods(tracker) == [
        "2026-01-01 to 2026-01-31: 1 of 1, 0 left; closed 2026-02-01 00:00",
        "2026-02-01 to 2026-02-28: 2 of 1, 0 left, 1 over; closed 2026-03-01 00:00",
        "2026-03-01 to 2026-03-31: 0 of 1, 1 left; closed 2026-04-01 00:00",
        "2026-04-01 to 2026-04-30: 1 of 1, 0 left",
    ]
    assert await desk.hears_of(client) == ["OPEN, COUNT_REACHED in period 4"]


async def test_creating_or_editing_with_an_end_date_past_fires_no_task_of_the_end(desk: FrontDesk) -> None:
    """Expire or roll, silently; the next end is told."""
    client = await desk.welcomes("Mara Keller")
    past = {"begin": "2026-01-01", "endDate": "2026-01-31", "task": "END_DATE"}
    expired = await desk.tracks(client, limit=3, **past)
    rolled = await desk.tracks(client, limit=3, autoReset=True, **past)
    edited = await desk.tracks(client, limit=3, begin="2026-01-01", endDate="2026-12-31", task="END_DATE")
    await desk.edits(edited, endDate="2026-03-03")
    assert await desk.sees_trackers(client) == [
        "EXPIRED 0 of 3, 3 left",
        "ACTIVE 0 of 3, 3 left",
        "EXPIRED 0 of 3, 3 left",
    ]
    assert [len(await desk.sees_periods(tracker)) for tracker in (expired, rolled, edited)] == [1, 3, 1]
    assert await desk.hears_of(client) == []
    desk.it_is("2026-04-01 00:00")
    assert await desk.hears_of(client) == ["OPEN, END_DATE in period 3"]
