"""The bus within a process: who hears of what, and how often."""

import asyncio
from uuid import UUID

import pytest

from jobs.bus import Hint, InProcessBus, Wakeups, client_topic, practice_topic

PATIENCE_SECONDS = 5
MARA, JONAS, HARBOUR, LAKESIDE = (UUID(int=number) for number in range(1, 5))


def hint(client_id: UUID = MARA, practice_id: UUID = HARBOUR, revision: int = 1) -> Hint:
    """Return a hint."""
    return Hint(client_id, practice_id, revision)


async def woken(wakeups: Wakeups) -> bool:
    """Tell whether the slot is dirty, and clean it; never waits."""
    waiting = asyncio.ensure_future(wakeups.wait())
    await asyncio.sleep(0)
    if waiting.done():
        return True
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    return False


async def test_a_hint_is_heard_on_its_client_and_on_its_practice_and_nowhere_else() -> None:
    """Another client of the practice and another practice hear nothing."""
    bus = InProcessBus()
    async with (
        bus.subscribe(client_topic(MARA)) as mara,
        bus.subscribe(client_topic(JONAS)) as jonas,
        bus.subscribe(practice_topic(HARBOUR)) as harbour,
        bus.subscribe(practice_topic(LAKESIDE)) as lakeside,
    ):
        await bus.publish([hint()])
        assert [await woken(each) for each in (mara, jonas, harbour, lakeside)] == [True, False, True, False]
        await bus.publish([hint(JONAS)])
        assert [await woken(each) for each in (mara, jonas, harbour, lakeside)] == [False, True, True, False]


async def test_every_subscriber_of_a_topic_is_woken() -> None:
    """Each has a slot of its own."""
    bus = InProcessBus()
    topic = client_topic(MARA)
    async with bus.subscribe(topic) as first, bus.subscribe(topic) as second:
        await bus.publish([hint()])
        assert (await woken(first), await woken(second)) == (True, True)


async def test_many_hints_wake_once() -> None:
    """However many came since the subscriber last looked, it looks once; then it waits again."""
    bus = InProcessBus()
    async with bus.subscribe(client_topic(MARA)) as mara:
        await bus.publish(hint(revision=number) for number in range(1, 101))
        await bus.publish([hint(revision=101)])
        assert await asyncio.wait_for(mara.wait(), PATIENCE_SECONDS) is False
        assert not await woken(mara)


async def test_a_subscriber_that_waits_goes_on_when_a_hint_comes() -> None:
    """It was waiting before anything was published."""
    bus = InProcessBus()
    async with bus.subscribe(client_topic(MARA)) as mara:
        waiting = asyncio.ensure_future(mara.wait())
        await asyncio.sleep(0)
        assert not waiting.done()
        await bus.publish([hint()])
        assert await asyncio.wait_for(waiting, PATIENCE_SECONDS) is False


async def test_a_hint_before_the_subscription_is_not_heard() -> None:
    """What was published before is in the snapshot that is read afterwards."""
    bus = InProcessBus()
    await bus.publish([hint()])
    async with bus.subscribe(client_topic(MARA)) as mara:
        assert not await woken(mara)


async def test_what_may_have_been_missed_is_told_once() -> None:
    """A gap stays told until the subscriber has looked, also when a plain hint follows it."""
    wakeups = Wakeups()
    wakeups.wake(missed=True)
    wakeups.wake()
    assert await asyncio.wait_for(wakeups.wait(), PATIENCE_SECONDS) is True
    wakeups.wake()
    assert await asyncio.wait_for(wakeups.wait(), PATIENCE_SECONDS) is False


async def test_who_has_left_leaves_nothing_behind() -> None:
    """Also when the block ends with an error or a cancellation; the others still hear."""
    bus = InProcessBus()
    topic = client_topic(MARA)

    async def watch() -> None:
        async with bus.subscribe(topic) as wakeups:
            await wakeups.wait()

    with pytest.raises(RuntimeError):
        async with bus.subscribe(topic):
            raise RuntimeError
    async with bus.subscribe(topic) as stays:
        watcher = asyncio.create_task(watch())
        await asyncio.sleep(0)
        watcher.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watcher
        await bus.publish([hint()])
        assert await woken(stays)
    assert len(bus._subscribers) == 0
    await bus.publish([hint()])
