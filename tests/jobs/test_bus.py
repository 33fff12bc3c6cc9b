"""The bus, within a process and over Redis alike: who hears of what, and when."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from jobs.bus import Bus, InProcessBus, client_topic, practice_topic
from jobs.redis_bus import RedisBus
from tests.jobs.heard import HARBOUR, JONAS, LAKESIDE, MARA, Heard, hint

TOPIC = client_topic(MARA, practice_id=HARBOUR)


@pytest.fixture(params=["in process", "redis"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    """Yield a running bus; once of each kind."""
    bus = InProcessBus() if request.param == "in process" else RedisBus(request.getfixturevalue("redis_url"))
    async with bus.running():
        yield bus


async def test_a_hint_is_heard_on_its_client_and_on_its_practice_and_nowhere_else(bus: Bus) -> None:
    """Another client of the practice and another practice hear nothing of it."""
    topics = (
        client_topic(MARA, practice_id=HARBOUR),
        client_topic(JONAS, practice_id=LAKESIDE),
        practice_topic(HARBOUR),
        practice_topic(LAKESIDE),
    )
    heard = [Heard() for _ in topics]
    async with AsyncExitStack() as stack:
        for topic, listener in zip(topics, heard, strict=True):
            await stack.enter_async_context(bus.subscribe(topic, listener))
        await bus.publish([hint()])
        await bus.publish([hint(JONAS, LAKESIDE)])
        mara, jonas, harbour, lakeside = heard
        await lakeside.has(hint(JONAS, LAKESIDE))
        await jonas.has(hint(JONAS, LAKESIDE))
        await mara.has(hint())
        await harbour.has(hint())


async def test_every_listener_of_a_topic_is_told(bus: Bus) -> None:
    """Also one who listens twice."""
    first, second = Heard(), Heard()
    topic = TOPIC
    async with bus.subscribe(topic, first), bus.subscribe(topic, second), bus.subscribe(topic, second):
        await bus.publish([hint()])
        await second.has(hint(), hint())
        await first.has(hint())


async def test_hints_come_in_their_order(bus: Bus) -> None:
    """Those published together, and those published after."""
    heard = Heard()
    hints = [hint(revision=revision) for revision in range(1, 6)]
    async with bus.subscribe(TOPIC, heard):
        await bus.publish(hints[:3])
        await bus.publish(hints[3:])
        await heard.has(*hints)


async def test_many_hints_at_once_are_all_heard(bus: Bus) -> None:
    """A thousand clients of one practice: the practice hears of all, each client of its own."""
    mara, harbour = Heard(), Heard()
    hints = [hint(MARA if revision == 500 else JONAS, revision=revision) for revision in range(1000)]
    async with bus.subscribe(practice_topic(HARBOUR), harbour), bus.subscribe(TOPIC, mara):
        await bus.publish(hints)
        await harbour.has(*hints)
        await mara.has(hints[500])


async def test_a_hint_before_the_subscription_is_not_heard(bus: Bus) -> None:
    """What was published before is in the snapshot that is read afterwards; nor is joining a gap."""
    heard = Heard()
    await bus.publish([hint(revision=1)])
    async with bus.subscribe(TOPIC, heard):
        await bus.publish([hint(revision=2)])
        await heard.has(hint(revision=2))


async def test_a_hint_after_the_subscription_is_never_missed(bus: Bus) -> None:
    """On entry the subscription holds: what is published at once is heard."""
    for revision in range(20):
        heard = Heard()
        async with bus.subscribe(TOPIC, heard):
            await bus.publish([hint(revision=revision)])
            await heard.has(hint(revision=revision))


async def test_nothing_to_tell_is_nothing_told(bus: Bus) -> None:
    """An empty batch is no trouble."""
    await bus.publish([])


async def test_who_has_left_hears_no_more(bus: Bus) -> None:
    """Also when the block ends with an error or a cancellation; the others still hear."""
    topic, left, stays, joined = TOPIC, Heard(), Heard(), asyncio.Event()

    async def listen() -> None:
        async with bus.subscribe(topic, left):
            joined.set()
            await asyncio.Event().wait()

    with pytest.raises(ZeroDivisionError):
        async with bus.subscribe(topic, left):
            raise ZeroDivisionError
    async with bus.subscribe(topic, stays):
        task = asyncio.create_task(listen())
        await joined.wait()
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        await bus.publish([hint()])
        await stays.has(hint())
    assert left.all == []
