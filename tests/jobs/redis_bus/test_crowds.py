"""Crowds: many hints of one practice are one message, few are heard only where their clients are open."""

import asyncio
from contextlib import AsyncExitStack
from uuid import UUID

from jobs.bus import client_topic, practice_topic
from jobs.channels import CROWD, own_channel
from jobs.redis_bus import RedisBus
from tests.jobs.heard import HARBOUR, JONAS, LAKESIDE, Heard, hint
from tests.jobs.redis_bus.buses import CHANNEL, CROWDED, GAP, TOPIC, asking, buses, calls
from tests.redis_server import RedisServer


async def test_a_crowd_of_hints_is_one_message_to_every_process(redis_server: RedisServer, quiet: None) -> None:
    """Each client's listener hears of that client alone, the practice's of all in their order, another's of nothing."""
    people = [UUID(int=1000 + number) for number in range(CROWD + 1)]
    crowd = [hint(person, revision=number) for number, person in enumerate(people)]
    async with buses(redis_server.url) as both, asking(redis_server.url) as redis, AsyncExitStack() as stack:
        heard = {(bus, person): Heard() for bus in both for person in people}
        for (bus, person), listener in heard.items():
            await stack.enter_async_context(bus.subscribe(client_topic(person, practice_id=HARBOUR), listener))
        harbour, lakeside, namesake = Heard(), Heard(), Heard()
        await stack.enter_async_context(both[1].subscribe(practice_topic(HARBOUR), harbour))
        await stack.enter_async_context(both[1].subscribe(practice_topic(LAKESIDE), lakeside))
        await stack.enter_async_context(both[1].subscribe(client_topic(people[0], practice_id=LAKESIDE), namesake))
        before = await calls(redis)
        await both[0].publish([*crowd, hint(JONAS, LAKESIDE)])
        assert (await calls(redis))["publish"] - before["publish"] == 1 + 2
        for (_, person), listener in heard.items():
            await listener.has(crowd[people.index(person)])
        await harbour.has(*crowd)
        await lakeside.has(hint(JONAS, LAKESIDE))
        assert namesake.all == []


async def test_few_hints_are_heard_only_where_their_clients_are_open(redis_server: RedisServer, quiet: None) -> None:
    """Not by every process that has something of the practice open."""
    hints = [hint(UUID(int=1000 + number)) for number in range(CROWD)]
    own, harbour = own_channel(practice_topic(HARBOUR)), Heard()
    async with (
        buses(redis_server.url) as (one, other),
        asking(redis_server.url) as redis,
        other.subscribe(TOPIC, Heard()),
        one.subscribe(practice_topic(HARBOUR), harbour),
    ):
        before = await calls(redis)
        await one.publish(hints)
        await harbour.has(*hints)
        assert (await calls(redis))["publish"] - before["publish"] == CROWD + 1
        assert await redis.pubsub_numsub(CROWDED, CHANNEL, own) == [(CROWDED, 2), (CHANNEL, 1), (own, 1)]


async def test_who_has_entered_hears_the_next_crowd(redis_server: RedisServer, quiet: None) -> None:
    """Also the first of a practice to enter, and however often its channel is left and joined again."""
    async with buses(redis_server.url) as (bus, other):
        for revision in range(20):
            heard, crowd = Heard(), [hint(revision=1000 * revision + number) for number in range(CROWD + 1)]
            async with bus.subscribe(TOPIC, heard):
                await other.publish(crowd)
                await heard.has(*crowd)
            for _ in range(revision % 5):
                await asyncio.sleep(0)


async def test_a_crowd_lost_with_the_connection_is_told_as_a_gap(redis_url: str) -> None:
    """Once to each listener, and the next crowd is heard."""
    crowds = [[hint(revision=1000 * number + each) for each in range(CROWD + 1)] for number in range(2)]
    async with buses(redis_url) as (bus, other), asking(redis_url) as redis:
        mara, harbour = Heard(), Heard()
        async with bus.subscribe(TOPIC, mara), bus.subscribe(practice_topic(HARBOUR), harbour):
            assert await redis.client_kill_filter(_type="pubsub") == 2
            await other.publish(crowds[0])
            await mara.has(GAP)
            await harbour.has(GAP)
            await other.publish(crowds[1])
            await mara.has(GAP, *crowds[1])
            await harbour.has(GAP, *crowds[1])


async def test_a_crowd_confirmed_out_of_turn_is_a_gap_for_all_of_the_practice(redis_url: str) -> None:
    """Whoever subscribed again without a word may have missed one."""
    bus, mara, harbour, lakeside = RedisBus(redis_url), Heard(), Heard(), Heard()
    async with (
        bus.running(),
        bus.subscribe(TOPIC, mara),
        bus.subscribe(practice_topic(HARBOUR), harbour),
        bus.subscribe(practice_topic(LAKESIDE), lakeside),
    ):
        bus._take("subscribe", CROWDED, b"")
        assert (mara.all, harbour.all, lakeside.all, bus._subscriptions._unconfirmed) == ([GAP], [GAP], [], {})
