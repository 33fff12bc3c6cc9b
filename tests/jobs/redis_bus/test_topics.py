"""Topics joined and left: who has entered hears, and of who has left nothing stays behind."""

import asyncio
from contextlib import AsyncExitStack
from uuid import UUID

from jobs.bus import client_topic
from jobs.channels import CONTROL, own_channel
from jobs.redis_bus import RedisBus
from tests.jobs.heard import HARBOUR, JONAS, PATIENCE_SECONDS, Heard, hint
from tests.jobs.redis_bus.buses import (
    CHANNEL,
    CROWDED,
    GAP,
    OTHER_TOPIC,
    TOPIC,
    asking,
    buses,
    calls,
    channels,
    channels_are,
    connected,
    only_control,
)
from tests.jobs.redis_bus.joining import cancelled, joining, turns
from tests.redis_server import RedisServer
from tests.storage.waiting import until


async def test_two_thousand_topics_at_once_are_asked_for_in_one_command(redis_server: RedisServer, quiet: None) -> None:
    """Joining and leaving alike; afterwards Redis knows of none."""
    bus, people = RedisBus(redis_server.url), [UUID(int=number) for number in range(2000)]
    async with bus.running(), asking(redis_server.url) as redis, AsyncExitStack() as stack:
        await connected(bus, redis)
        before = await calls(redis)
        await asyncio.gather(
            *(
                stack.enter_async_context(bus.subscribe(client_topic(person, practice_id=HARBOUR), Heard()))
                for person in people
            )
        )
        assert len(await channels(redis)) == 2002
        await stack.aclose()
        await until(lambda: only_control(redis))
        after = await calls(redis)
        assert {name: after[name] - before[name] for name in before} == {"subscribe": 1, "unsubscribe": 1, "publish": 0}


async def test_a_topic_is_held_until_its_last_listener_leaves(redis_url: str) -> None:
    """Others joining and leaving change nothing."""
    bus, heard = RedisBus(redis_url), Heard()
    async with bus.running(), asking(redis_url) as redis:
        async with bus.subscribe(TOPIC, heard):
            async with bus.subscribe(TOPIC, Heard()), bus.subscribe(OTHER_TOPIC, Heard()):
                assert await channels(redis) == {CONTROL, CHANNEL, own_channel(OTHER_TOPIC), CROWDED}
            await until(lambda: channels_are(redis, {CONTROL, CHANNEL, CROWDED}))
            await bus.publish([hint()])
            await heard.has(hint())
        await until(lambda: only_control(redis))


async def test_leaving_and_joining_at_once_loses_nothing(redis_server: RedisServer, quiet: None) -> None:
    """However turns of the loop fall between leaving and joining again, who is inside hears; at the end all is left."""
    async with buses(redis_server.url) as (bus, other), asking(redis_server.url) as redis:

        async def come_and_go(number: int) -> None:
            for revision in range(20):
                heard = Heard()
                async with bus.subscribe(TOPIC, heard):
                    told = hint(revision=1000 * number + revision)
                    await other.publish([told])
                    await heard.has_come_to(told)
                for _ in range((number + revision) % 5):
                    await asyncio.sleep(0)

        await asyncio.gather(*map(come_and_go, range(3)))
        await until(lambda: only_control(redis))


async def test_one_who_joins_after_the_asking_to_leave_went_out_is_confirmed_anew(redis_server: RedisServer) -> None:
    """The confirmations of earlier askings are not taken for that of the last."""
    bus = RedisBus(redis_server.url)
    async with bus.running(), asking(redis_server.url) as redis:
        await connected(bus, redis)
        heard = Heard()
        with redis_server.stalled():
            for _ in range(3):
                leaves, _ = joining(bus)
                await turns()
                await cancelled(leaves)
                await turns()
            stays, entered = joining(bus, heard)
            await turns()
            assert not entered.is_set()
        await asyncio.wait_for(entered.wait(), PATIENCE_SECONDS)
        assert await channels(redis) == {CONTROL, CHANNEL, CROWDED}
        await bus.publish([hint()])
        await heard.has(hint())
        await cancelled(stays)
        await until(lambda: only_control(redis))


async def test_nothing_stays_behind_of_one_cancelled_while_waiting(redis_server: RedisServer) -> None:
    """Others who wait for the same topic, whenever they came, still get in, and only then."""
    bus = RedisBus(redis_server.url)
    async with bus.running(), asking(redis_server.url) as redis:
        await connected(bus, redis)
        with redis_server.stalled():
            (leaves, _), (stays, entered) = joining(bus), joining(bus)
            await turns()
            await cancelled(leaves)
            comes, entered_too = joining(bus)
            await turns()
            assert (entered.is_set(), entered_too.is_set()) == (False, False)
        await asyncio.wait_for(entered.wait(), PATIENCE_SECONDS)
        await asyncio.wait_for(entered_too.wait(), PATIENCE_SECONDS)
        await cancelled(stays)
        await cancelled(comes)
        await until(lambda: only_control(redis))
    of = bus._subscriptions
    assert (of._waiting, of._gaps, of._asked, of._unconfirmed, list(of.listeners)) == ({}, set(), set(), {}, [])


async def test_who_entered_late_is_told_when_the_confirmation_comes(redis_server: RedisServer) -> None:
    """Also when the connection was never lost; who had entered before is not told."""
    bus, before, late = RedisBus(redis_server.url, confirm_seconds=0.1), Heard(), Heard()
    async with bus.running(), bus.subscribe(TOPIC, before), AsyncExitStack() as stack:
        with redis_server.stalled():
            await stack.enter_async_context(bus.subscribe(OTHER_TOPIC, late))
            assert late.all == []
        await late.has(GAP)
        await bus.publish([hint(), hint(JONAS)])
        await late.has(GAP, hint(JONAS))
        await before.has(hint())
