"""Changes: read once for all who watch, and the newest shown to each, with its reason."""

import asyncio
from uuid import UUID

from jobs.bus import client_topic
from models.access import Viewer
from models.terms import ChangeReason, Role
from tests.resolvers.live.room import Room, silence
from tests.resolvers.live.shelf import PRACTICE, Shelf, hint
from tests.storage.waiting import PATIENCE_SECONDS, until

OTHER_CLIENT = UUID(int=8)
OTHER_TOPIC = client_topic(OTHER_CLIENT, practice_id=PRACTICE)


class Slow(Shelf):
    """A shelf that is read once in a long time."""

    pace = 3600.0


async def test_a_change_is_read_once_for_all_who_watch(room: Room) -> None:
    """Each is shown it, with its reason."""
    room.shelf.put("a", 5, 3)
    watches = [await room.watch("a") for _ in range(3)]
    assert [await anext(watch) for watch in watches] == [5, 5, 5]
    await room.change("a", 6, 4)
    shown = [await watch.next() for watch in watches]
    assert [each and (each.event.state, each.reason) for each in shown] == [(6, ChangeReason.COMPLETION)] * 3
    assert room.shelf.readings == [["a"], ["a"]]
    assert len({id(each.event) for each in shown if each}) == 1


async def test_changes_of_many_subjects_in_one_burst_are_read_together(room: Room) -> None:
    """What is hinted at while a reading is under way is read in the next, in one go."""
    names = [f"name {number}" for number in range(50)]
    for name in names:
        room.shelf.put(name, 0, 1)
    watches = await asyncio.gather(*(room.watch(name) for name in names))
    assert [await anext(watch) for watch in watches] == [0] * 50
    opening = len(room.shelf.readings)
    room.shelf.may_read.clear()
    await room.change(names[0], 1, 2)
    await room.read(opening + 1)
    for name in names:
        await room.change(name, 2, 3)
    room.shelf.may_read.set()
    assert {await anext(watch) for watch in watches} <= {1, 2}
    await room.read(opening + 2)
    assert room.shelf.readings[opening:] == [sorted(names), sorted(names)]
    assert opening <= 2


async def test_who_looks_late_is_shown_the_newest_state_only(room: Room) -> None:
    """There is a slot, and no queue."""
    room.shelf.put("a", 5, 3)
    slow, quick = await room.watch("a"), await room.watch("a")
    assert (await anext(slow), await anext(quick)) == (5, 5)
    for revision in range(4, 20):
        await room.change("a", revision * 10, revision)
        assert await anext(quick) == revision * 10
    assert await anext(slow) == 190
    async with silence(slow):
        await room.change("a", 190, 20)
        await room.shown(18)


async def test_what_nobody_would_see_is_not_shown(room: Room) -> None:
    """But who joins then is shown the newer revision, and knows it."""
    room.shelf.put("a", 5, 3)
    watch = await room.watch("a")
    assert await anext(watch) == 5
    async with silence(watch):
        await room.change("a", 5, 4)
        await room.shown(2)
    late = await (await room.watch("a")).next()
    assert late is not None
    assert late.event.revision == 4


async def test_an_older_revision_is_never_shown(room: Room) -> None:
    """A reading that comes late is dropped."""
    room.shelf.put("a", 5, 3)
    watch = await room.watch("a")
    assert await anext(watch) == 5
    async with silence(watch):
        await room.change("a", 4, 2)
        await room.shown(2)
    await room.change("a", 6, 4)
    assert await anext(watch) == 6


async def test_a_subject_that_moves_is_heard_where_it_is(room: Room) -> None:
    """The next change is told on the new topic only; the old one is left."""
    room.shelf.put("a", 5, 3)
    watch = await room.watch("a")
    assert await anext(watch) == 5
    room.shelf.put("a", 6, 1, topic=OTHER_TOPIC)
    await room.bus.publish([hint()])
    assert await anext(watch) == 6

    async def is_moved() -> bool:
        await asyncio.sleep(0)
        return room.topics == [OTHER_TOPIC]

    await until(is_moved)
    room.shelf.put("a", 7, 2, topic=OTHER_TOPIC)
    await room.bus.publish([hint(client_id=OTHER_CLIENT)])
    assert await anext(watch) == 7


async def test_practices_are_read_apart(room: Room) -> None:
    """A subject of one practice is not the other's, whatever it is called."""
    room.shelf.put("a", 5, 3)
    neighbour = Viewer(UUID(int=2), Role.READ_ONLY, "board")
    assert await anext(await room.watch("a")) == 5
    assert await anext(await room.watch("a", viewer=neighbour)) == 5
    assert (len(room.hub), room.shelf.readings) == (2, [["a"], ["a"]])


async def test_a_feed_keeps_its_pace_but_nobody_waits_for_a_first_state() -> None:
    """A second subject is opened at once; what changed of the first waits for its time."""
    room = Room()
    room.shelf = Slow()
    async with asyncio.timeout(PATIENCE_SECONDS):
        room.shelf.put("a", 5, 3)
        room.shelf.put("b", 7, 3)
        first = await room.watch("a")
        assert await anext(first) == 5
        for revision in range(4, 104):
            await room.change("a", revision, revision)
            await asyncio.sleep(0)
        assert room.shelf.readings == [["a"]]
        async with silence(first):
            assert await anext(await room.watch("b")) == 7
        assert room.shelf.readings == [["a"], ["b"]]
        await room.hub.aclose()
