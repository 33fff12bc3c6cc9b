"""Portions: what is too much for one reading is read in several, two at a time."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import pytest

from models.terms import ChangeReason
from resolvers.live.feed import Reading
from resolvers.live.source import Subscriber
from tests.resolvers.live.room import Room
from tests.resolvers.live.shelf import PRACTICE, Shelf, hint


class Wide(Shelf):
    """A shelf that is read in portions of ten."""

    portion = 10

    def __init__(self) -> None:
        super().__init__()
        self.unreadable: str | None = None

    async def read(
        self, subjects: Collection[str], *, practice_id: UUID, now: datetime
    ) -> Mapping[str, Reading[int] | None]:
        """Return the numbers, unless the one that cannot be read is among them."""
        read = await super().read(subjects, practice_id=practice_id, now=now)
        if self.unreadable in subjects:
            raise OSError(self.unreadable)
        return read

    def put_all(self, number: int) -> None:
        """Set the numbers of all, to their revision."""
        for name in NAMES:
            self.put(name, number, number)


NAMES = [f"name {number:02}" for number in range(25)]


@pytest.fixture
async def wide(room: Room) -> tuple[Wide, list[Subscriber[int]]]:
    """Return a shelf whose names are all watched, in their order, and have shown their first state."""
    room.shelf = shelf = Wide()
    shelf.put_all(1)
    watches = await asyncio.gather(*(room.watch(name) for name in NAMES))
    assert [await anext(watch) for watch in watches] == [1] * 25
    shelf.readings.clear()
    return shelf, watches


async def test_a_round_is_read_in_portions_two_at_a_time(room: Room, wide: tuple[Wide, list[Subscriber[int]]]) -> None:
    """While the first is shown the next is under way; nothing is read twice."""
    shelf, watches = wide
    shelf.may_read.clear()
    shelf.put_all(2)
    await room.bus.publish([hint()])
    await room.read(2)
    for _ in range(20):
        await asyncio.sleep(0)
    assert shelf.readings == [NAMES[:10], NAMES[10:20]]
    shelf.may_read.set()
    assert [await anext(watch) for watch in watches] == [2] * 25
    await room.shown(3)
    assert shelf.readings == [NAMES[:10], NAMES[10:20], NAMES[20:]]


async def test_what_is_hinted_at_during_its_own_reading_is_read_again(
    room: Room, wide: tuple[Wide, list[Subscriber[int]]]
) -> None:
    """What is hinted at before its portion is asked for is read once, and shows it."""
    shelf, watches = wide
    shelf.may_read.clear()
    shelf.put_all(2)
    await room.bus.publish([hint()])
    await room.read(2)
    shelf.put_all(3)
    await room.bus.publish([hint()])
    shelf.may_read.set()
    assert await anext(watches[20]) == 3
    await room.shown(5)
    assert [await anext(watch) for watch in [*watches[:20], *watches[21:]]] == [3] * 24
    assert shelf.readings == [NAMES[:10], NAMES[10:20], NAMES[20:], NAMES[:10], NAMES[10:20]]


async def test_a_gap_while_a_portion_waits_makes_it_a_resync(
    room: Room, wide: tuple[Wide, list[Subscriber[int]]]
) -> None:
    """The portions that were asked for before it are read again as one."""
    shelf, watches = wide
    shelf.may_read.clear()
    shelf.put_all(2)
    await room.bus.publish([hint()])
    await room.read(2)
    room.bus._listeners.tell_of_loss(PRACTICE)
    shelf.may_read.set()
    shown = [await watch.next() for watch in watches]
    reasons = [each and each.reason for each in shown]
    assert reasons == [ChangeReason.COMPLETION] * 20 + [ChangeReason.RESYNC] * 5
    await room.shown(5)


async def test_a_portion_that_cannot_be_read_does_not_keep_the_others(
    room: Room, wide: tuple[Wide, list[Subscriber[int]]]
) -> None:
    """It is read again until it can be, and shown as a resync."""
    shelf, watches = wide
    shelf.unreadable = NAMES[3]
    shelf.put_all(2)
    await room.bus.publish([hint()])
    assert [await anext(watch) for watch in watches[10:]] == [2] * 15
    shelf.unreadable = None
    shown = [await watch.next() for watch in watches[:10]]
    assert [each and (each.event.state, each.reason) for each in shown] == [(2, ChangeReason.RESYNC)] * 10


async def test_what_is_closed_before_its_portion_is_asked_for_is_not_read(
    room: Room, wide: tuple[Wide, list[Subscriber[int]]]
) -> None:
    """The others of its portion are."""
    shelf, watches = wide
    shelf.may_read.clear()
    shelf.put_all(2)
    await room.bus.publish([hint()])
    await room.read(2)
    await watches[22].aclose()
    shelf.may_read.set()
    assert await anext(watches[24]) == 2
    assert shelf.readings[2] == [name for name in NAMES[20:] if name != NAMES[22]]


async def test_stopping_waits_for_both_portions(room: Room, wide: tuple[Wide, list[Subscriber[int]]]) -> None:
    """Nothing goes on behind the hub's back."""
    shelf, _watches = wide
    shelf.may_read.clear()
    await room.bus.publish([hint()])
    await room.read(2)
    before = asyncio.all_tasks()
    await room.hub.aclose()
    assert len(asyncio.all_tasks()) <= len(before) - 3
