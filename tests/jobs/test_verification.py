"""Verification: a sound record has no difference; a broken one is told, and repaired when asked."""

from dataclasses import replace
from datetime import date

from jobs.rollover import Rollover, roll_over
from jobs.verification import CHUNK, Difference, verify
from models.clients import Client
from models.history import HistoryEntry
from models.identifiers import new_id
from models.outbox import OutboxHint
from models.tasks import Task
from models.terms import TaskStatus, TaskTrigger
from models.tracker_settings import TaskRule
from models.trackers import ClosedPeriod, Tracker
from tests.storage.moving import NEW_YORK, announce, at
from tests.storage.raw import execute
from tests.storage.recount import assert_whole
from tests.storage.scene import MARCH, Scene


async def verified(scene: Scene, *, repair: bool = False) -> list[Difference]:
    """Recount everybody and return what differs."""
    passes = verify(now=scene.clock.now(), repair=repair)
    return [difference async for _clients, differences in passes for difference in differences]


async def lived_in(scene: Scene) -> tuple[Client, Tracker]:
    """Return a client in the second period of a tracker: three sessions in the first, one in this."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    for _ in range(3):
        await scene.appointment(client.id, completed=True)
    scene.clock.advance(days=31)
    await scene.appointment(client.id, completed=True)
    await tracker.refresh_from_db()
    assert (tracker.period_number, tracker.used) == (2, 1)
    return client, tracker


async def test_a_sound_record_has_no_difference(scene: Scene) -> None:
    """Also of a client who is due: that is no difference, and verifying does not settle it."""
    await lived_in(scene)
    due = await scene.client("due")
    await scene.tracker(
        due.id, replace(MARCH, begin_date=MARCH.begin_date.replace(month=4), end_date=None, auto_reset=False)
    )
    scene.clock.advance(days=31)
    notes = await HistoryEntry.all().count()
    assert await verified(scene) == []
    assert await verified(scene, repair=True) == []
    assert await HistoryEntry.all().count() == notes


async def test_an_empty_database_has_no_difference(scene: Scene) -> None:
    """There is nobody to look at."""
    assert [each async for each in verify(now=scene.clock.now())] == []


async def test_a_broken_count_is_told_and_repaired(scene: Scene) -> None:
    """Telling changes nothing; repairing does, with a hint and history, and then nothing differs."""
    client, tracker = await lived_in(scene)
    await execute("UPDATE tracker SET used = 9, remaining = 3 WHERE id = ?", tracker.id)
    hints = await OutboxHint.all().count()
    for _ in range(2):
        (found,) = await verified(scene)
        assert (found.client_id, found.subject_id, found.what) == (client.id, tracker.id, "tracker.counted")
        assert found.recorded == {"used": 9, "remaining": 3, "state": "ACTIVE", "period": 2}
        assert found.right == {"used": 1, "remaining": 11, "state": "ACTIVE", "period": 2}
    await tracker.refresh_from_db()
    assert (tracker.used, await OutboxHint.all().count()) == (9, hints)
    assert len(await verified(scene, repair=True)) == 1
    await tracker.refresh_from_db()
    assert (tracker.used, tracker.remaining, await OutboxHint.all().count()) == (1, 11, hints + 1)
    assert await verified(scene) == []
    await assert_whole(client.id, now=scene.clock.now())


async def test_a_broken_count_of_a_closed_period_is_told_and_repaired(scene: Scene) -> None:
    """The period stays closed; its count is put right."""
    client, tracker = await lived_in(scene)
    await execute("UPDATE closed_period SET used = 0 WHERE tracker_id = ?", tracker.id)
    (found,) = await verified(scene, repair=True)
    assert (found.subject_id, found.what) == (tracker.id, "period.corrected")
    assert (found.recorded, found.right) == ({"used": 0, "period": 1}, {"used": 3, "period": 1})
    assert (await ClosedPeriod.get(tracker_id=tracker.id)).used == 3
    assert await verified(scene) == []
    await assert_whole(client.id, now=scene.clock.now())


async def test_a_broken_state_is_told_and_repaired(scene: Scene) -> None:
    """The state is part of what the appointments say."""
    _client, tracker = await lived_in(scene)
    await execute("UPDATE tracker SET state = 'LIMIT_REACHED' WHERE id = ?", tracker.id)
    (found,) = await verified(scene, repair=True)
    assert found.recorded == {"used": 1, "remaining": 11, "state": "LIMIT_REACHED", "period": 2}
    await tracker.refresh_from_db()
    assert tracker.state == "ACTIVE"


async def test_a_broken_remainder_is_told_and_repaired(scene: Scene) -> None:
    """Lists of who has few sessions left are read from it."""
    _client, tracker = await lived_in(scene)
    await execute("UPDATE tracker SET remaining = 99 WHERE id = ?", tracker.id)
    assert [found.subject_id for found in await verified(scene, repair=True)] == [tracker.id]
    await tracker.refresh_from_db()
    assert (tracker.used, tracker.remaining) == (1, 11)
    assert await verified(scene) == []


async def test_a_lost_due_moment_is_told_and_repaired(scene: Scene) -> None:
    """Without it the period would never close."""
    client, _tracker = await lived_in(scene)
    await client.refresh_from_db()
    right = client.due_at
    assert right is not None
    await execute("UPDATE client SET due_at = NULL WHERE id = ?", client.id)
    assert [found.client_id for found in await verified(scene, repair=True)] == [client.id]
    await client.refresh_from_db()
    assert client.due_at == right
    assert await verified(scene) == []


async def test_a_wrong_service_date_is_told_and_repaired(scene: Scene) -> None:
    """With the count that it gives, and a hint for those who look at the session."""
    client = await scene.client()
    row = await scene.appointment(client.id, completed=True)
    tracker = await scene.tracker(client.id)
    hints = await OutboxHint.all().count()
    await execute("UPDATE appointment SET service_date = '2026-02-28' WHERE id = ?", row.id)
    right = Difference(client.id, row.id, "appointment.placed", date(2026, 2, 28), date(2026, 3, 4))
    assert await verified(scene) == await verified(scene, repair=True) == [right]
    await tracker.refresh_from_db()
    await row.refresh_from_db()
    assert (tracker.used, row.service_date, await OutboxHint.all().count()) == (1, date(2026, 3, 4), hints + 1)
    assert await verified(scene) == []
    await assert_whole(client.id, now=scene.clock.now())


async def test_a_client_that_was_left_behind_in_another_zone_is_found_and_taken_along(scene: Scene) -> None:
    """As a process of an older version could have left it: kept in the earlier zone, and not due."""
    client = await scene.client()
    await scene.tracker(client.id)
    row = await at(scene, client.id, "02-28 23:30")
    await announce(scene, NEW_YORK)
    await Client.filter(id=client.id).update(due_at=None)
    (found,) = await verified(scene)
    assert (found.what, found.recorded, found.right) == ("client.zone", "Europe/Zurich", NEW_YORK)
    assert await verified(scene, repair=True) == [found]
    assert await verified(scene) == []
    await row.refresh_from_db()
    assert row.service_date == date(2026, 2, 28)


async def test_clients_that_have_yet_to_follow_their_practice_to_another_zone_are_no_difference(scene: Scene) -> None:
    """As long as what is on record agrees with the zone that they are kept in."""
    client, _tracker = await lived_in(scene)
    row = await at(scene, client.id, "04-03 23:30")
    early = scene.clock.now()
    scene.clock.advance(seconds=1)
    await announce(scene, NEW_YORK)
    assert await verified(scene) == []
    await execute("UPDATE tracker SET used = 9 WHERE client_id = ?", client.id)
    for now in (early, scene.clock.now()):
        assert [differences async for _, differences in verify(now=now, repair=True) if differences] == []
    assert await roll_over(now=scene.clock.now()) == Rollover(clients=1)
    await row.refresh_from_db()
    assert (row.service_date, await verified(scene)) == (date(2026, 4, 3), [])
    await assert_whole(client.id, now=scene.clock.now())


async def test_a_count_that_turns_out_to_have_reached_the_limit_fires_its_task(scene: Scene) -> None:
    """Repairing is settling: what should have fired does."""
    client = await scene.client()
    rule = TaskRule(scene.nora.id, TaskTrigger.COUNT_REACHED)
    tracker = await scene.tracker(client.id, replace(MARCH, session_limit=2, task_rule=rule))
    rows = [await scene.appointment(client.id) for _ in range(2)]
    for row in rows:
        await execute("UPDATE appointment SET status = 'COMPLETED' WHERE id = ?", row.id)
    assert {found.what for found in await verified(scene, repair=True)} == {"tracker.counted", "task.created"}
    task = await Task.get(tracker_id=tracker.id)
    assert (task.status, task.period_number) == (TaskStatus.OPEN, 1)
    assert await verified(scene) == []


async def test_everybody_is_looked_at_a_chunk_at_a_time(scene: Scene) -> None:
    """Each chunk tells how many it was."""
    now = scene.clock.now()
    rows = [
        Client(
            id=new_id(now=now),
            practice_id=scene.practice.id,
            name=f"Client {number}",
            time_zone="Europe/Zurich",
            created_at=now,
        )
        for number in range(CHUNK + 2)
    ]
    await Client.bulk_create(rows)
    assert [clients async for clients, _ in verify(now=now)] == [CHUNK, 2]
