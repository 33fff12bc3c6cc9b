"""'Session 4 of 12': each appointment's own number in its period, through everything that can be put right."""

from tests.scenarios.story import FrontDesk


async def numbers(desk: FrontDesk, appointments: list[str]) -> list[str]:
    """Return each appointment's number as its banner tells it; nothing where there is none."""
    banners = [await desk.sees(appointment) for appointment in appointments]
    assert all(len(banner) == 1 for banner in banners)
    return [banner[0].partition(", session ")[2] for banner in banners]


async def test_numbers_follow_the_order_of_the_starts_not_of_the_marking(desk: FrontDesk) -> None:
    """Insert, move, undo and delete; the others' numbers follow."""
    # Given four sessions of which the desk marks the last three, latest first
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=12, begin="2026-03-01")
    days = [await desk.books(client, f"2026-03-0{day} 09:00") for day in (1, 2, 3, 4)]
    await desk.completes(days[3], days[2], days[1])
    assert await numbers(desk, days) == ["", "1", "2", "3"]
    # When the first is marked too, then the later ones move up
    await desk.completes(days[0])
    assert await numbers(desk, days) == ["1", "2", "3", "4"]
    assert await desk.sees(days[3]) == ["ACTIVE 4 of 12, 8 left, session 4"]
    # When one is inserted on the same day before it, then it moves up once more
    (earlier,) = await desk.holds(client, "2026-03-04 07:30")
    assert await numbers(desk, [earlier, days[3]]) == ["4", "5"]
    # When the second is moved behind all, then it has the last number
    await desk.moves(days[1], "2026-03-04 10:00")
    assert await numbers(desk, [*days, earlier]) == ["1", "5", "2", "4", "3"]
    # When one is undone and one deleted, then the gaps close
    await desk.reopens(days[2])
    await desk.deletes(earlier)
    assert await numbers(desk, days) == ["1", "3", "", "2"]


async def test_numbers_begin_anew_in_each_period_and_stay_in_those_that_are_closed(desk: FrontDesk) -> None:
    """Number by the period that holds the date, for each tracker by its own."""
    # Given a weekly tracker and one that runs through
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=2, begin="2026-03-01", endDate="2026-03-07", autoReset=True)
    await desk.tracks(client, limit=12, begin="2026-02-01")
    desk.it_is("2026-03-10 12:00")
    first, second, third = await desk.holds(client, "2026-03-02 09:00", "2026-03-07 09:00", "2026-03-08 09:00")
    assert await desk.sees(second) == ["LIMIT_REACHED 2 of 2, 0 left, session 2", "ACTIVE 3 of 12, 9 left, session 2"]
    assert await desk.sees(third) == ["ACTIVE 1 of 2, 1 left, session 1", "ACTIVE 3 of 12, 9 left, session 3"]
    # When the first of the closed week is undone, then its second becomes its first
    await desk.reopens(first)
    assert await desk.sees(first) == ["ACTIVE 1 of 2, 1 left", "ACTIVE 2 of 12, 10 left"]
    assert await desk.sees(second) == ["ACTIVE 1 of 2, 1 left, session 1", "ACTIVE 2 of 12, 10 left, session 1"]
    assert await desk.sees(third) == ["ACTIVE 1 of 2, 1 left, session 1", "ACTIVE 2 of 12, 10 left, session 2"]


async def test_an_open_dialog_learns_its_new_number_when_only_the_number_changes(desk: FrontDesk) -> None:
    """Swap two sessions: the counts stay, the numbers do not."""
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=12, begin="2026-03-01")
    first, second = await desk.holds(client, "2026-03-02 09:00", "2026-03-03 09:00")
    async with desk.dialog(second) as dialog:
        assert await dialog.shows(because="SNAPSHOT") == ["ACTIVE 2 of 12, 10 left, session 2"]
        await desk.moves(first, "2026-03-04 09:00")
        assert await dialog.shows(because="CORRECTION") == ["ACTIVE 2 of 12, 10 left, session 1"]


async def test_a_session_completed_in_advance_has_no_number_before_its_day(desk: FrontDesk) -> None:
    """Number it, and those after it, from its day on."""
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=12, begin="2026-03-01")
    advance = await desk.books(client, "2026-03-05 09:00")
    await desk.holds(client, "2026-03-04 09:00")
    await desk.completes(advance)
    assert await desk.sees(advance) == []
    desk.it_is("2026-03-05 00:00")
    assert await desk.sees(advance) == ["ACTIVE 2 of 12, 10 left, session 2"]
