"""The hub: one source for each subject, one reading for all, the newest state for each who looks."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest

from jobs.bus import InProcessBus, Topic, client_topic
from models.access import Viewer
from models.errors import Unavailable
from models.terms import ChangeReason, Role
from resolvers.live.feed import Reading
from resolvers.live.hub import Hub
from resolvers.live.source import Gone, Subscriber, Unreadable
from tests.resolvers.live.shelf import PRACTICE, TOPIC, Shelf, hint
from tests.storage.waiting import PATIENCE_SECONDS, until

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
SYSTEM = Viewer(PRACTICE, Role.READ_ONLY, "board")
OTHER_CLIENT = UUID(int=8)
OTHER_TOPIC = client_topic(OTHER_CLIENT, practice_id=PRACTICE)


class Room:
    """A hub with a shelf that is watched in it."""

    def __init__(self) -> None:
        self.bus = InProcessBus()
        self.hub = Hub(self.bus, now=lambda: NOW)
        self.shelf = Shelf()

    async def watch(self, name: str, *, known_revision: int | None = None, viewer: Viewer = SYSTEM) -> Subscriber[int]:
        """Watch a name's number."""
        return await self.hub.watch(self.shelf, name, viewer=viewer, known_revision=known_revision)

    async def change(self, name: str, number: int, revision: int) -> None:
        """Set a name's number and tell of it."""
        self.shelf.put(name, number, revision)
        await self.bus.publish([hint(revision)])

    async def read(self, times: int) -> None:
        """Wait until the shelf is being read for so many times."""

        async def is_read() -> bool:
            await asyncio.sleep(0)
            return len(self.shelf.readings) == times

        await until(is_read)

    async def shown(self, times: int) -> None:
        """Wait until the shelf was read so often, and nothing more is to be read."""
        await self.read(times)

        async def is_shown() -> bool:
            await asyncio.sleep(0)
            return all(reader._task is None for reader in self.hub._readers.values())

        await until(is_shown)
        assert len(self.shelf.readings) == times

    async def closed(self) -> None:
        """Wait until nothing is open, and nobody listens."""

        async def is_closed() -> bool:
            await asyncio.sleep(0)
            return (len(self.hub), self.topics) == (0, [])

        await until(is_closed)

    @property
    def topics(self) -> list[Topic]:
        """On which topics somebody listens."""
        return list(self.bus._listeners)


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    """Set a room up; at the end nothing is open in it."""
    made = Room()
    async with asyncio.timeout(PATIENCE_SECONDS):
        yield made
        await made.hub.aclose()


@asynccontextmanager
async def silence(subscriber: Subscriber[int]) -> AsyncIterator[None]:
    """Expect that nothing is shown during the block."""
    showing = asyncio.ensure_future(anext(subscriber))
    yield
    assert not showing.done()
    showing.cancel()


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


async def test_who_joins_while_the_bus_carries_nothing_has_the_state_read(room: Room) -> None:
    """What the source holds may be of before the outage."""
    room.shelf.put("a", 5, 3)
    first = await room.watch("a")
    assert await anext(first) == 5
    room.bus.carries = False
    room.shelf.put("a", 6, 4)
    assert await anext(await room.watch("a")) == 5
    assert await anext(first) == 6


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


async def test_practices_are_read_apart(room: Room) -> None:
    """A subject of one practice is not the other's, whatever it is called."""
    room.shelf.put("a", 5, 3)
    neighbour = Viewer(UUID(int=2), Role.READ_ONLY, "board")
    assert await anext(await room.watch("a")) == 5
    assert await anext(await room.watch("a", viewer=neighbour)) == 5
    assert (len(room.hub), room.shelf.readings) == (2, [["a"], ["a"]])


class Slow(Shelf):
    """A shelf that is read once in a long time."""

    pace = 3600.0


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


async def test_what_is_closed_before_its_round_begins_is_not_read(room: Room) -> None:
    """Nor is anything else, when it was all there was to read."""
    room.shelf.put("a", 5, 3)
    watch = await room.watch("a")
    await room.bus.publish([hint()])
    await watch.aclose()
    await room.closed()
    await room.shown(1)
