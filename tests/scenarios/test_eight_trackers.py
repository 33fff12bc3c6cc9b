"""A client with eight trackers: slots, order, removal."""

from tests.scenarios.story import FrontDesk


async def test_the_ninth_is_refused_until_one_of_eight_is_removed(desk: FrontDesk) -> None:
    """Show seven behind the link, refuse the ninth, and give the lowest free slot to the next."""
    # Given eight trackers
    client = await desk.welcomes("Mara Keller")
    (session,) = await desk.holds(client, "2026-03-04 09:00")
    trackers = [
        await desk.tracks(client, limit=n, begin="2026-03-01", note=f"No. {n}", task="COUNT_REACHED")
        for n in range(1, 9)
    ]
    shown = ["LIMIT_REACHED 1 of 1, 0 left, session 1"]
    shown += [f"ACTIVE 1 of {n}, {n - 1} left, session 1" for n in range(2, 9)]
    assert await desk.sees(session) == shown
    assert await desk.sees_slots(client) == {n: f"No. {n}" for n in range(1, 9)}
    # When a ninth is to be set, then it is refused and nothing has changed
    ninth = {"clientId": client, "sessionLimit": 9, "beginDate": "2026-03-01", "note": "No. 9"}
    assert await desk.is_refused("createTracker", **ninth) == ["TOO_MANY_TRACKERS"]
    assert await desk.sees_slots(client) == {n: f"No. {n}" for n in range(1, 9)}
    # When the fifth and the third are removed, then open dialogs lose them and new ones fill the gaps from below
    async with desk.dialog(session) as dialog:
        assert await dialog.shows(because="SNAPSHOT") == shown
        await desk.removes(trackers[4])
        assert await dialog.shows(because="TRACKER_EDIT") == [*shown[:4], *shown[5:]]
        await desk.removes(trackers[2])
        assert await dialog.shows(because="TRACKER_EDIT") == [*shown[:2], shown[3], *shown[5:]]
    await desk.tracks(client, limit=9, begin="2026-03-01", note="No. 9")
    await desk.tracks(client, limit=10, begin="2026-03-01", note="No. 10")
    slots = await desk.sees_slots(client)
    assert (slots[3], slots[5], len(slots)) == ("No. 9", "No. 10", 8)


async def test_expired_and_upcoming_trackers_hold_their_slots(desk: FrontDesk) -> None:
    """Free a slot by removal alone."""
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=1, begin="2026-01-01", endDate="2026-01-31", note="expired")
    await desk.tracks(client, limit=1, begin="2026-05-01", note="upcoming")
    await desk.tracks(client, limit=1, begin="2026-03-01", note="running")
    assert await desk.sees_slots(client) == {1: "expired", 2: "upcoming", 3: "running"}
    assert await desk.sees_trackers(client) == [
        "EXPIRED 0 of 1, 1 left",
        "UPCOMING 0 of 1, 1 left",
        "ACTIVE 0 of 1, 1 left",
    ]


async def test_reordering_changes_which_comes_first(desk: FrontDesk) -> None:
    """Take slots 1, 2, 3 in the new order, in the open dialog; refuse an order that is not whole."""
    # Given three trackers, the second of four removed
    client = await desk.welcomes("Mara Keller")
    first, second, third, fourth = [
        await desk.tracks(client, limit=n, begin="2026-03-01", note=f"No. {n}") for n in range(1, 5)
    ]
    await desk.removes(second)
    today = await desk.books(client, "2026-03-04 15:00")
    async with desk.dialog(today) as dialog:
        assert await dialog.shows(because="SNAPSHOT") == [f"ACTIVE 0 of {n}, {n} left" for n in (1, 3, 4)]
        # When they are put in another order
        await desk.orders(client, [fourth, first, third])
        # Then the dialog shows them so, and the slots have no gap
        assert await dialog.shows(because="TRACKER_EDIT") == [f"ACTIVE 0 of {n}, {n} left" for n in (4, 1, 3)]
        assert await desk.sees_slots(client) == {1: "No. 4", 2: "No. 1", 3: "No. 3"}
        # When the same order is given again, then nothing is sent
        await desk.orders(client, [fourth, first, third])
        assert await dialog.stays_as_it_is()
        # When one is left out, or a removed one named, then that is refused and nothing has changed
        for order in ([fourth, first], [fourth, first, third, second], [fourth, first, first]):
            assert await desk.is_refused("reorderTrackers", clientId=client, trackerIds=order) == ["INVALID"]
        assert await dialog.stays_as_it_is()
    assert await desk.sees_slots(client) == {1: "No. 4", 2: "No. 1", 3: "No. 3"}


async def test_removal_keeps_history_and_tasks(desk: FrontDesk) -> None:
    """Leave a removed tracker as it was: it counts no more, rolls no more and cannot be changed."""
    # Given a monthly tracker with a closed period and a task in each
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(
        client, limit=1, begin="2026-03-01", endDate="2026-03-31", autoReset=True, task="WHICHEVER_COMES_FIRST"
    )
    desk.it_is("2026-04-02 12:00")
    (april,) = await desk.holds(client, "2026-04-02 09:00")
    tasks = await desk.sees_tasks(client)
    assert [task.story for task in tasks] == ["OPEN, END_DATE in period 1", "OPEN, COUNT_REACHED in period 2"]
    periods = await desk.sees_periods(tracker)
    # When it is removed, and months pass with further sessions and an undone one
    await desk.removes(tracker)
    await desk.reopens(april)
    desk.it_is("2026-07-02 12:00")
    await desk.holds(client, "2026-05-05 09:00", "2026-03-05 09:00")
    # Then its history and tasks are what they were, and no banner shows it
    assert await desk.sees_periods(tracker) == periods
    assert await desk.sees_tracker(tracker) == "REMOVED 1 of 1, 0 left"
    assert await desk.sees_tasks(client) == tasks
    assert (await desk.sees(april), await desk.sees_trackers(client)) == ([], [])
    # When it is to be edited, then that is refused
    assert await desk.is_refused("updateTracker", trackerId=tracker, sessionLimit=5) == ["TRACKER_REMOVED"]
    assert await desk.sees_tracker(tracker) == "REMOVED 1 of 1, 0 left"
    # When its task is finished, then it is done as any other
    await desk.finishes(tasks[0])
    assert await desk.hears_of(client) == ["DONE, END_DATE in period 1", "OPEN, COUNT_REACHED in period 2"]
