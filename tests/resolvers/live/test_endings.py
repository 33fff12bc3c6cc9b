"""The end of a watch: its subject goes, whoever watched leaves, the hub is drained; then nothing is open."""

import asyncio

import pytest

from models.errors import Unavailable
from resolvers.live.source import Gone
from tests.resolvers.live.room import Room
from tests.resolvers.live.shelf import hint


async def test_who_waits_for_a_first_state_is_turned_away_by_the_drain(room: Room) -> None:
    """They would wait for a reading that does not come."""
    room.shelf.put("a", 5, 3)
    room.shelf.may_read.clear()
    waiting = asyncio.ensure_future(room.watch("a"))
    await room.read(1)
    room.hub.drain()
    with pytest.raises(Unavailable):
        await waiting
    room.shelf.may_read.set()


async def test_what_is_not_there_cannot_be_watched(room: Room) -> None:
    """Nothing stays open for it."""
    with pytest.raises(Gone):
        await room.watch("a")
    assert (len(room.hub), room.topics, room.shelf.readings) == (0, [], [])


async def test_a_watch_ends_when_its_subject_goes(room: Room) -> None:
    """Who comes later learns that it is gone; when it is there again it can be watched anew."""
    room.shelf.put("a", 5, 3)
    watch = await room.watch("a")
    assert await anext(watch) == 5
    del room.shelf.numbers["a"]
    await room.bus.publish([hint()])
    assert await watch.next() is None
    with pytest.raises(Gone):
        await room.watch("a")
    room.shelf.put("a", 9, 5)
    assert await anext(await room.watch("a")) == 9
    await watch.aclose()
    assert len(room.hub) == 1


async def test_the_last_to_leave_closes_the_source(room: Room) -> None:
    """Who stays is still shown what changes; leaving twice is harmless."""
    room.shelf.put("a", 5, 3)
    first, second = await room.watch("a"), await room.watch("a")
    assert await anext(second) == 5
    await first.aclose()
    await first.aclose()
    assert await first.next() is None
    await room.change("a", 6, 4)
    assert await anext(second) == 6
    await second.aclose()
    await room.closed()


async def test_draining_ends_every_watch_and_refuses_new_ones(room: Room) -> None:
    """Nothing stays open."""
    room.shelf.put("a", 5, 3)
    room.shelf.put("b", 7, 3)
    watches = [await room.watch(name) for name in ("a", "a", "b")]
    assert [await anext(watch) for watch in watches] == [5, 5, 7]
    room.hub.drain()
    assert [await watch.next() for watch in watches] == [None, None, None]
    with pytest.raises(Unavailable):
        await room.watch("a")
    for watch in watches:
        await watch.aclose()
    await room.hub.aclose()
    assert (len(room.hub), room.topics) == (0, [])


async def test_what_is_closed_before_its_round_begins_is_not_read(room: Room) -> None:
    """Nor is anything else, when it was all there was to read."""
    room.shelf.put("a", 5, 3)
    watch = await room.watch("a")
    await room.bus.publish([hint()])
    await watch.aclose()
    await room.closed()
    await room.shown(1)
