"""What counts, and from when, in the first weeks of a tracker."""

from tests.scenarios.story import FrontDesk


async def test_sessions_completed_before_the_tracker_was_set_count_from_its_begin_date_on(desk: FrontDesk) -> None:
    """Backfill a tracker that is set in March and begins in February."""
    # Given sessions on the day before the begin date, on it, and yesterday
    client = await desk.welcomes("Mara Keller")
    await desk.holds(client, "2026-01-31 09:00", "2026-02-01 09:00", "2026-03-03 09:00")
    today = await desk.books(client, "2026-03-04 14:00")
    # When the tracker is set today
    await desk.tracks(client, limit=12, begin="2026-02-01")
    # Then the two since its begin date count at once
    assert await desk.sees(today) == ["ACTIVE 2 of 12, 10 left"]
    await desk.completes(today)
    assert await desk.sees(today) == ["ACTIVE 3 of 12, 9 left, session 3"]


async def test_tomorrows_appointment_receives_its_trackers_at_midnight_while_its_dialog_is_open(
    desk: FrontDesk,
) -> None:
    """Show a banner on today's appointment and none on tomorrow's until tomorrow."""
    # Given an appointment today and one tomorrow, whose dialog is open
    client = await desk.welcomes("Mara Keller")
    today, tomorrow = await desk.books(client, "2026-03-04 14:00"), await desk.books(client, "2026-03-05 14:00")
    await desk.tracks(client, limit=12, begin="2026-03-01")
    await desk.completes(today)
    assert await desk.sees(today) == ["ACTIVE 1 of 12, 11 left, session 1"]
    async with desk.dialog(tomorrow) as dialog:
        assert await dialog.shows(because="SNAPSHOT") == []
        # When the last minute of today has come, then nothing has changed
        desk.it_is("2026-03-04 23:59")
        assert await desk.sees(tomorrow) == []
        assert await dialog.stays_as_it_is()
        # When midnight strikes, then the open dialog receives the tracker by itself
        desk.it_is("2026-03-05 00:00")
        assert await dialog.shows(because="NEW_DAY") == ["ACTIVE 1 of 12, 11 left"]


async def test_a_tracker_appears_on_the_day_it_begins(desk: FrontDesk) -> None:
    """Keep an upcoming tracker off the banner, and count what was completed before from its begin date on."""
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=2, begin="2026-03-06")
    before, on_the_day = await desk.books(client, "2026-03-05 09:00"), await desk.books(client, "2026-03-06 09:00")
    assert await desk.sees_trackers(client) == ["UPCOMING 0 of 2, 2 left"]
    desk.it_is("2026-03-05 23:59")
    await desk.completes(before)
    assert await desk.sees(before) == []
    desk.it_is("2026-03-06 00:00")
    await desk.completes(on_the_day)
    assert await desk.sees_trackers(client) == ["ACTIVE 1 of 2, 1 left"]
    assert (await desk.sees(before), await desk.sees(on_the_day)) == ([], ["ACTIVE 1 of 2, 1 left, session 1"])


async def test_cancelled_and_missed_sessions_never_count(desk: FrontDesk) -> None:
    """Count the one that took place, whatever was said about it before."""
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=3, begin="2026-03-01")
    cancelled, missed, kept = [await desk.books(client, f"2026-03-04 {hour}:00") for hour in ("08", "09", "10")]
    await desk.cancels(cancelled, kept)
    await desk.misses(missed)
    assert await desk.sees(kept) == ["ACTIVE 0 of 3, 3 left"]
    # When the desk finds that one of the cancelled took place after all, then it alone counts
    await desk.completes(kept)
    assert await desk.sees(kept) == ["ACTIVE 1 of 3, 2 left, session 1"]
    assert await desk.sees(missed) == ["ACTIVE 1 of 3, 2 left"]


async def test_two_sessions_in_one_day_are_two(desk: FrontDesk) -> None:
    """Count appointments, not days."""
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=3, begin="2026-03-01")
    morning, afternoon = await desk.holds(client, "2026-03-04 09:00", "2026-03-04 15:00")
    assert await desk.sees(morning) == ["ACTIVE 2 of 3, 1 left, session 1"]
    assert await desk.sees(afternoon) == ["ACTIVE 2 of 3, 1 left, session 2"]


async def test_a_session_completed_in_advance_counts_from_its_own_day_on(desk: FrontDesk) -> None:
    """Count Friday's session, completed on Wednesday, on Friday; its task comes then, not before."""
    # Given a session of Friday that is marked complete on Wednesday
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=1, begin="2026-03-01", task="COUNT_REACHED")
    today, friday = await desk.books(client, "2026-03-04 09:00"), await desk.books(client, "2026-03-06 09:00")
    await desk.completes(friday)
    async with desk.dialog(today) as dialog:
        assert await dialog.shows(because="SNAPSHOT") == ["ACTIVE 0 of 1, 1 left"]
        # When it is still Thursday, then it does not count
        desk.it_is("2026-03-05 23:59")
        assert await desk.sees(today) == ["ACTIVE 0 of 1, 1 left"]
        assert await desk.hears_of(client) == []
        # When Friday begins, then it does, in every open dialog, and the task is there
        desk.it_is("2026-03-06 00:00")
        assert await dialog.shows(because="NEW_DAY") == ["LIMIT_REACHED 1 of 1, 0 left"]
    assert await desk.sees(friday) == ["LIMIT_REACHED 1 of 1, 0 left, session 1"]
    assert (await desk.sees_task(client)).created == "2026-03-06 00:00"


async def test_a_session_completed_two_days_late_counts_on_its_service_date(desk: FrontDesk) -> None:
    """Count it in the period that holds its date, on the day it is marked."""
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=12, begin="2026-03-04", endDate="2026-03-10")
    wednesday = await desk.books(client, "2026-03-04 09:00")
    desk.it_is("2026-03-06 10:00")
    assert await desk.sees(wednesday) == ["ACTIVE 0 of 12, 12 left"]
    await desk.completes(wednesday)
    assert await desk.sees(wednesday) == ["ACTIVE 1 of 12, 11 left, session 1"]


async def test_every_correction_ends_at_the_right_number(desk: FrontDesk) -> None:
    """Undo, repeat, move out of the period and back, and delete, in an open dialog."""
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=3, begin="2026-03-01")
    first, second = await desk.holds(client, "2026-03-02 09:00", "2026-03-03 09:00")
    async with desk.dialog(second) as dialog:
        assert await dialog.shows(because="SNAPSHOT") == ["ACTIVE 2 of 3, 1 left, session 2"]
        await desk.reopens(first)
        assert await dialog.shows(because="CORRECTION") == ["ACTIVE 1 of 3, 2 left, session 1"]
        await desk.completes(first)
        assert await dialog.shows(because="COMPLETION") == ["ACTIVE 2 of 3, 1 left, session 2"]
        await desk.completes(first)
        assert await dialog.stays_as_it_is()
        await desk.moves(first, "2026-02-28 09:00")
        assert await dialog.shows(because="CORRECTION") == ["ACTIVE 1 of 3, 2 left, session 1"]
        await desk.moves(first, "2026-03-04 09:00")
        assert await dialog.shows(because="CORRECTION") == ["ACTIVE 2 of 3, 1 left, session 1"]
        await desk.deletes(first)
        assert await dialog.shows(because="CORRECTION") == ["ACTIVE 1 of 3, 2 left, session 1"]


async def test_booking_and_calling_off_sessions_to_come_moves_no_open_dialog(desk: FrontDesk) -> None:
    """Send nothing where nothing that is shown has changed."""
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=3, begin="2026-03-01")
    (session,) = await desk.holds(client, "2026-03-04 09:00")
    async with desk.dialog(session) as dialog:
        assert await dialog.shows(because="SNAPSHOT") == ["ACTIVE 1 of 3, 2 left, session 1"]
        later = await desk.books(client, "2026-03-11 09:00")
        await desk.cancels(later)
        assert await dialog.stays_as_it_is()
        await desk.holds(client, "2026-03-04 07:00")
        assert await dialog.shows(because="COMPLETION") == ["ACTIVE 2 of 3, 1 left, session 2"]
