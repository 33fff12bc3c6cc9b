"""The limit is reached, passed, fallen back from and reached again; and what becomes of its task."""

from tests.scenarios.story import FrontDesk


async def test_the_limit_is_reached_and_counting_goes_on(desk: FrontDesk) -> None:
    """Create the task with the session that reaches the limit, and one task only."""
    # Given a tracker of two sessions with a task at the limit
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=2, begin="2026-03-01", note="Invoice after 2", task="COUNT_REACHED")
    first, second, third = [await desk.books(client, f"2026-03-0{day} 09:00") for day in (2, 3, 4)]
    await desk.completes(first)
    assert await desk.hears_of(client) == []
    # When the second is completed, then the banner says so and Staff has a task
    await desk.completes(second)
    assert await desk.sees(second) == ["LIMIT_REACHED 2 of 2, 0 left, session 2"]
    task = await desk.sees_task(client)
    assert (task.title, task.assignee, task.created, task.closed) == (
        "Mara Keller: session limit of 2 reached (Invoice after 2)",
        "Staff",
        "2026-03-04 11:00",
        None,
    )
    # When a third is completed, then it is over, and no second task comes
    await desk.completes(third)
    assert await desk.sees(third) == ["LIMIT_REACHED 3 of 2, 0 left, 1 over, session 3"]
    assert await desk.sees_tasks(client) == [task]


async def test_a_count_that_falls_back_withdraws_the_task_and_reaching_it_again_reopens_the_same(
    desk: FrontDesk,
) -> None:
    """Keep one task through being withdrawn and reopened."""
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(client, limit=2, begin="2026-03-01", task="COUNT_REACHED")
    first, second = await desk.holds(client, "2026-03-02 09:00", "2026-03-03 09:00")
    fired = await desk.sees_task(client)
    # When a completion turns out wrong a day later, then the task is withdrawn and says when
    desk.it_is("2026-03-05 08:00")
    await desk.reopens(first)
    withdrawn = await desk.sees_task(client)
    assert (withdrawn.status, withdrawn.closed) == ("WITHDRAWN", "2026-03-05 08:00")
    assert await desk.sees_tracker(tracker) == "ACTIVE 1 of 2, 1 left"
    # When the limit is reached by another session, then the same task is to do again
    desk.it_is("2026-03-06 12:00")
    await desk.holds(client, "2026-03-06 10:00")
    assert await desk.sees_task(client) == fired
    assert await desk.sees(second) == ["LIMIT_REACHED 2 of 2, 0 left, session 1"]


async def test_the_task_stays_while_the_count_is_still_at_the_limit(desk: FrontDesk) -> None:
    """Fall from one over to none over."""
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=2, begin="2026-03-01", task="COUNT_REACHED")
    _, _, third = await desk.holds(client, "2026-03-02 09:00", "2026-03-03 09:00", "2026-03-04 09:00")
    await desk.cancels(third)
    assert await desk.hears_of(client) == ["OPEN, COUNT_REACHED in period 1"]


async def test_a_done_task_stays_done_on_corrections_and_reopens_when_a_new_limit_is_reached(desk: FrontDesk) -> None:
    """Trouble nobody twice about the old limit, and tell of the new one."""
    # Given a task that is done
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(client, limit=2, begin="2026-03-01", task="COUNT_REACHED")
    first, _ = await desk.holds(client, "2026-03-02 09:00", "2026-03-03 09:00")
    await desk.finishes(await desk.sees_task(client))
    # When corrections cross the limit both ways, then it stays done
    await desk.reopens(first)
    assert await desk.hears_of(client) == ["DONE, COUNT_REACHED in period 1"]
    await desk.completes(first)
    assert await desk.hears_of(client) == ["DONE, COUNT_REACHED in period 1"]
    # When a limit of three is agreed, then the task waits until that one is reached
    await desk.edits(tracker, sessionLimit=3)
    assert await desk.sees_trackers(client) == ["ACTIVE 2 of 3, 1 left"]
    assert await desk.hears_of(client) == ["DONE, COUNT_REACHED in period 1"]
    (third,) = await desk.holds(client, "2026-03-04 09:00")
    task = await desk.sees_task(client)
    assert (task.story, task.title) == (
        "OPEN, COUNT_REACHED in period 1",
        "Mara Keller: session limit of 3 reached",
    )
    # When that is done too, then corrections leave it alone again
    await desk.finishes(task)
    await desk.reopens(third)
    await desk.completes(third)
    assert await desk.hears_of(client) == ["DONE, COUNT_REACHED in period 1"]


async def test_a_new_end_date_alone_does_not_tell_of_a_reached_count_again(desk: FrontDesk) -> None:
    """Stay done at a new end date, which says nothing about the count, until the next firing."""
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(client, limit=1, begin="2026-03-01", endDate="2026-03-31", task="WHICHEVER_COMES_FIRST")
    await desk.holds(client, "2026-03-02 09:00")
    await desk.finishes(await desk.sees_task(client))
    await desk.edits(tracker, endDate="2026-04-30")
    assert await desk.hears_of(client) == ["DONE, COUNT_REACHED in period 1"]
    # When the count rises further, and the old end date passes, then it is still done
    await desk.holds(client, "2026-03-03 09:00")
    desk.it_is("2026-04-01 00:00")
    assert await desk.hears_of(client) == ["DONE, COUNT_REACHED in period 1"]
    # When the new end date has passed, then the one task is back
    desk.it_is("2026-05-01 00:00")
    assert await desk.hears_of(client) == ["OPEN, END_DATE in period 1"]


async def test_a_limit_lowered_to_the_count_fires_at_once(desk: FrontDesk) -> None:
    """Fire in the edit itself; a raised limit withdraws in the edit itself."""
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(client, limit=5, begin="2026-03-01", task="COUNT_REACHED")
    await desk.holds(client, "2026-03-02 09:00", "2026-03-03 09:00")
    await desk.edits(tracker, sessionLimit=2)
    assert await desk.hears_of(client) == ["OPEN, COUNT_REACHED in period 1"]
    await desk.edits(tracker, sessionLimit=4)
    assert await desk.hears_of(client) == ["WITHDRAWN, COUNT_REACHED in period 1"]
    await desk.edits(tracker, beginDate="2026-03-03", sessionLimit=1)
    assert await desk.hears_of(client) == ["OPEN, COUNT_REACHED in period 1"]


async def test_a_tracker_created_with_its_limit_reached_fires_at_once(desk: FrontDesk) -> None:
    """Hear of a limit that backfill reaches, and of a rule that is added to a reached limit."""
    client = await desk.welcomes("Mara Keller")
    await desk.holds(client, "2026-03-02 09:00", "2026-03-03 09:00")
    await desk.tracks(client, limit=2, begin="2026-03-01", task="COUNT_REACHED")
    quiet = await desk.tracks(client, limit=1, begin="2026-03-01")
    assert await desk.hears_of(client) == ["OPEN, COUNT_REACHED in period 1"]
    await desk.edits(quiet, taskRule=desk.rule("COUNT_REACHED"))
    assert await desk.hears_of(client) == ["OPEN, COUNT_REACHED in period 1"] * 2


async def test_an_open_task_stays_when_its_rule_is_edited_away(desk: FrontDesk) -> None:
    """Keep the to-do; with no rule nothing new fires in the next period."""
    client = await desk.welcomes("Mara Keller")
    tracker = await desk.tracks(
        client, limit=1, begin="2026-03-01", endDate="2026-03-07", autoReset=True, task="COUNT_REACHED"
    )
    await desk.holds(client, "2026-03-02 09:00")
    await desk.edits(tracker, taskRule=None)
    assert await desk.hears_of(client) == ["OPEN, COUNT_REACHED in period 1"]
    desk.it_is("2026-03-09 18:00")
    await desk.holds(client, "2026-03-09 09:00")
    assert await desk.sees_trackers(client) == ["LIMIT_REACHED 1 of 1, 0 left"]
    assert await desk.hears_of(client) == ["OPEN, COUNT_REACHED in period 1"]
