"""Who joins a watch: what they are shown first, what they know already, what must be read for them."""

import asyncio

import pytest

from models.terms import ChangeReason
from tests.resolvers.live.room import Room, silence
from tests.resolvers.live.shelf import TOPIC


async def test_a_watch_begins_with_the_state_as_it_stands(room: Room) -> None:
    """It is a snapshot, whatever changed the state last."""
    room.shelf.put("a", 5, 3)
    showing = await (await room.watch("a")).next()
    assert showing is not None
    assert (showing.event.state, showing.event.revision, showing.reason) == (5, 3, ChangeReason.SNAPSHOT)


async def test_who_joins_late_is_shown_the_state_without_a_reading(room: Room) -> None:
    """All share one source, and one subscription on the bus."""
    room.shelf.put("a", 5, 3)
    for _ in range(3):
        assert await anext(await room.watch("a")) == 5
    assert (room.shelf.readings, len(room.hub), room.topics) == ([["a"]], 1, [TOPIC])


async def test_a_known_revision_is_not_shown_again(room: Room) -> None:
    """The next thing shown is the next change; any other revision, older or newer, brings a snapshot."""
    room.shelf.put("a", 5, 3)
    knows = await room.watch("a", known_revision=3)
    assert [await anext(await room.watch("a", known_revision=known)) for known in (2, 4, None)] == [5, 5, 5]
    await room.change("a", 6, 4)
    showing = await knows.next()
    assert showing is not None
    assert (showing.event.state, showing.reason) == (6, ChangeReason.COMPLETION)


async def test_who_knows_a_newer_revision_is_shown_nothing_older(room: Room) -> None:
    """As after coming from a process that had heard of a change before this one has."""
    room.shelf.put("a", 5, 3)
    first = await room.watch("a")
    assert await anext(first) == 5
    room.shelf.put("a", 6, 4)
    knows = await room.watch("a", known_revision=4)
    assert await anext(first) == 6
    async with silence(knows):
        assert room.shelf.readings == [["a"], ["a"]]
    assert await anext(await room.watch("a", known_revision=9)) == 6
    assert room.shelf.readings == [["a"], ["a"], ["a"]]


async def test_a_reading_under_way_is_not_new_enough_for_who_knows_more(room: Room) -> None:
    """It may have begun before the change that they have seen elsewhere."""
    room.shelf.put("a", 5, 3)
    first = await room.watch("a")
    assert await anext(first) == 5
    room.shelf.may_read.clear()
    await room.change("a", 6, 4)
    await room.read(2)
    room.shelf.put("a", 7, 5)
    knows = asyncio.ensure_future(room.watch("a", known_revision=5))
    await asyncio.sleep(0)
    room.shelf.may_read.set()
    async with silence(await knows):
        assert room.shelf.readings == [["a"]] * 3
    assert await anext(first) in {6, 7}


async def test_who_knows_more_is_shown_what_there_is_when_it_cannot_be_read(room: Room) -> None:
    """So are all who join meanwhile; what cannot be read now is read later."""
    room.shelf.put("a", 5, 3)
    assert await anext(await room.watch("a")) == 5
    room.shelf.refused.add("a")
    assert await anext(await room.watch("a", known_revision=9)) == 5
    assert await anext(await room.watch("a")) == 5


async def test_who_joins_while_the_bus_carries_nothing_has_the_state_read(room: Room) -> None:
    """What the source holds may be of before the outage."""
    room.shelf.put("a", 5, 3)
    first = await room.watch("a")
    assert await anext(first) == 5
    room.bus.carries = False
    room.shelf.put("a", 6, 4)
    assert await anext(await room.watch("a")) == 5
    assert await anext(first) == 6


async def test_an_opener_who_goes_away_does_not_keep_others_from_opening(room: Room) -> None:
    """The source goes on for who joined meanwhile."""
    room.shelf.put("a", 5, 3)
    room.shelf.may_read.clear()
    opener = asyncio.create_task(room.watch("a"))
    await room.read(1)
    joiner = asyncio.create_task(room.watch("a"))
    await asyncio.sleep(0)
    opener.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opener
    room.shelf.may_read.set()
    assert await anext(await joiner) == 5
