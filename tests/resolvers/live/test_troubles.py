"""Gaps in what is heard, and readings that fail: what is open is read again, and shown as a resync."""

import pytest

from models.terms import ChangeReason
from resolvers.live.source import Unreadable
from tests.resolvers.live.room import Room, silence
from tests.resolvers.live.shelf import TOPIC


async def test_after_a_gap_everything_is_read_again(room: Room) -> None:
    """What changed is shown as a resync; what did not is not shown."""
    room.shelf.put("a", 5, 3)
    room.shelf.put("b", 7, 3)
    changed, same = await room.watch("a"), await room.watch("b")
    assert (await anext(changed), await anext(same)) == (5, 7)
    room.shelf.put("a", 6, 4)
    async with silence(same):
        room.bus._listeners.tell(TOPIC, None)
        showing = await changed.next()
    assert showing is not None
    assert (showing.event.state, showing.reason) == (6, ChangeReason.RESYNC)


async def test_a_gap_during_a_reading_makes_the_next_one_a_resync(room: Room) -> None:
    """What was read before the gap was noticed is shown for its own reason."""
    room.shelf.put("a", 5, 3)
    watch = await room.watch("a")
    assert await anext(watch) == 5
    room.shelf.may_read.clear()
    await room.change("a", 6, 4)
    await room.read(2)
    room.shelf.put("a", 7, 5)
    room.bus._listeners.tell(TOPIC, None)
    room.shelf.may_read.set()
    shown = [await watch.next(), await watch.next()]
    assert [each and (each.event.state, each.reason) for each in shown] == [
        (6, ChangeReason.COMPLETION),
        (7, ChangeReason.RESYNC),
    ]


async def test_a_first_state_that_cannot_be_read_refuses_the_watch(room: Room) -> None:
    """The error is told; once it is over the next try succeeds."""
    room.shelf.put("a", 5, 3)
    room.shelf.broken = OSError("no database")
    with pytest.raises(OSError, match="no database"):
        await room.watch("a")
    await room.closed()
    room.shelf.broken = None
    assert await anext(await room.watch("a")) == 5


async def test_what_is_open_outlasts_an_outage_of_the_database(room: Room) -> None:
    """It is read again, with no further hint, until it can be, and shown as a resync."""
    room.shelf.put("a", 5, 3)
    watch = await room.watch("a")
    assert await anext(watch) == 5
    room.shelf.broken = OSError("no database")
    await room.change("a", 6, 4)
    await room.read(2)
    room.shelf.broken = None
    showing = await watch.next()
    assert showing is not None
    assert (showing.event.state, showing.reason) == (6, ChangeReason.RESYNC)


async def test_one_subject_that_cannot_be_read_does_not_keep_the_others(room: Room) -> None:
    """It is refused at its beginning, and later tried again by itself."""
    room.shelf.put("a", 5, 3)
    room.shelf.put("b", 7, 3)
    good, bad = await room.watch("a"), await room.watch("b")
    assert (await anext(good), await anext(bad)) == (5, 7)
    room.shelf.refused = {"b"}
    room.shelf.put("b", 8, 4)
    await room.change("a", 6, 4)
    assert await anext(good) == 6
    room.shelf.refused = set()
    assert await anext(bad) == 8
    room.shelf.put("c", 1, 1)
    room.shelf.refused = {"c"}
    with pytest.raises(Unreadable):
        await room.watch("c")
