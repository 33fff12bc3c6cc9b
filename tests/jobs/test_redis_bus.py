"""The Redis bus: heard across processes, and never silently deaf, whatever happens to Redis."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from jobs.bus import client_topic, practice_topic
from jobs.channels import CONTROL, CROWD, crowd_channel, own_channel
from jobs.redis_bus import PUBLISH_SECONDS, RedisBus
from tests.jobs.heard import HARBOUR, JONAS, LAKESIDE, MARA, PATIENCE_SECONDS, Heard, hint
from tests.redis_server import RedisServer, free_port
from tests.storage.waiting import until

TOPIC = client_topic(MARA, practice_id=HARBOUR)
OTHER_TOPIC = client_topic(JONAS, practice_id=HARBOUR)
CHANNEL, CROWDED = own_channel(TOPIC), crowd_channel(HARBOUR)
GAP = None


@asynccontextmanager
async def buses(url: str) -> AsyncIterator[tuple[RedisBus, RedisBus]]:
    """Run two buses, as two processes have them."""
    one, other = RedisBus(url), RedisBus(url)
    async with one.running(), other.running():
        yield one, other


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[Redis]:
    """Connect a client to look at the server with."""
    async with Redis.from_url(url, protocol=2, decode_responses=True) as redis:
        yield redis


async def channels(redis: Redis) -> set[str]:
    """Return the channels to which somebody is subscribed."""
    return {str(channel) for channel in await redis.pubsub_channels()}


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing is logged by the project in the test."""
    yield
    assert [record.message for record in caplog.records if record.name.startswith("jobs")] == []


async def test_one_process_hears_another(redis_url: str, quiet: None) -> None:
    """And itself, in the same way."""
    async with buses(redis_url) as (one, other):
        near, far = Heard(), Heard()
        async with one.subscribe(TOPIC, near), other.subscribe(practice_topic(HARBOUR), far):
            await one.publish([hint()])
            await near.has(hint())
            await far.has(hint())


async def test_a_real_second_process_is_heard(redis_url: str) -> None:
    """Everything that it tells, in its order."""
    bus, heard = RedisBus(redis_url), Heard()
    async with bus.running(), bus.subscribe(TOPIC, heard):
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.jobs.publisher", redis_url, "50")
        assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 0
        await heard.has(*(hint(revision=revision) for revision in range(1, 51)))


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
        before = await _calls(redis)
        await both[0].publish([*crowd, hint(JONAS, LAKESIDE)])
        assert (await _calls(redis))["publish"] - before["publish"] == 1 + 2
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
        before = await _calls(redis)
        await one.publish(hints)
        await harbour.has(*hints)
        assert (await _calls(redis))["publish"] - before["publish"] == CROWD + 1
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
        assert (mara.all, harbour.all, lakeside.all, bus._unconfirmed) == ([GAP], [GAP], [], {})


async def test_two_thousand_topics_at_once_are_asked_for_in_one_command(redis_server: RedisServer, quiet: None) -> None:
    """Joining and leaving alike; afterwards Redis knows of none."""
    bus, people = RedisBus(redis_server.url), [UUID(int=number) for number in range(2000)]
    async with bus.running(), asking(redis_server.url) as redis, AsyncExitStack() as stack:
        await _is_up(bus, redis)
        before = await _calls(redis)
        await asyncio.gather(
            *(
                stack.enter_async_context(bus.subscribe(client_topic(person, practice_id=HARBOUR), Heard()))
                for person in people
            )
        )
        assert len(await channels(redis)) == 2002
        await stack.aclose()
        await until(lambda: _only_control(redis))
        after = await _calls(redis)
        assert {name: after[name] - before[name] for name in before} == {"subscribe": 1, "unsubscribe": 1, "publish": 0}


async def test_a_topic_is_held_until_its_last_listener_leaves(redis_url: str) -> None:
    """Others joining and leaving change nothing."""
    bus, heard = RedisBus(redis_url), Heard()
    async with bus.running(), asking(redis_url) as redis:
        async with bus.subscribe(TOPIC, heard):
            async with bus.subscribe(TOPIC, Heard()), bus.subscribe(OTHER_TOPIC, Heard()):
                assert await channels(redis) == {CONTROL, CHANNEL, own_channel(OTHER_TOPIC), CROWDED}
            await until(lambda: _are(redis, {CONTROL, CHANNEL, CROWDED}))
            await bus.publish([hint()])
            await heard.has(hint())
        await until(lambda: _only_control(redis))


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
        await until(lambda: _only_control(redis))


async def test_one_who_joins_after_the_asking_to_leave_went_out_is_confirmed_anew(redis_server: RedisServer) -> None:
    """The confirmations of earlier askings are not taken for that of the last."""
    bus = RedisBus(redis_server.url)
    async with bus.running(), asking(redis_server.url) as redis:
        await _is_up(bus, redis)
        heard = Heard()
        with redis_server.stalled():
            for _ in range(3):
                leaves, _ = _joining(bus)
                await _turns()
                await _cancelled(leaves)
                await _turns()
            stays, entered = _joining(bus, heard)
            await _turns()
            assert not entered.is_set()
        await asyncio.wait_for(entered.wait(), PATIENCE_SECONDS)
        assert await channels(redis) == {CONTROL, CHANNEL, CROWDED}
        await bus.publish([hint()])
        await heard.has(hint())
        await _cancelled(stays)
        await until(lambda: _only_control(redis))


async def test_nothing_stays_behind_of_one_cancelled_while_waiting(redis_server: RedisServer) -> None:
    """Others who wait for the same topic, whenever they came, still get in, and only then."""
    bus = RedisBus(redis_server.url)
    async with bus.running(), asking(redis_server.url) as redis:
        await _is_up(bus, redis)
        with redis_server.stalled():
            (leaves, _), (stays, entered) = _joining(bus), _joining(bus)
            await _turns()
            await _cancelled(leaves)
            comes, entered_too = _joining(bus)
            await _turns()
            assert (entered.is_set(), entered_too.is_set()) == (False, False)
        await asyncio.wait_for(entered.wait(), PATIENCE_SECONDS)
        await asyncio.wait_for(entered_too.wait(), PATIENCE_SECONDS)
        await _cancelled(stays)
        await _cancelled(comes)
        await until(lambda: _only_control(redis))
    assert (bus._waiting, bus._gaps, bus._asked, bus._unconfirmed, list(bus._listeners)) == ({}, set(), set(), {}, [])


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


async def test_a_dropped_connection_is_told_as_a_gap(redis_url: str) -> None:
    """To every listener, once it is subscribed again: what comes then is heard."""
    async with buses(redis_url) as (bus, other), asking(redis_url) as redis:
        mara, harbour = Heard(), Heard()
        async with bus.subscribe(TOPIC, mara), bus.subscribe(practice_topic(HARBOUR), harbour):
            for revision in (1, 2):
                assert await redis.client_kill_filter(_type="pubsub") == 2
                await mara.has_come_to(GAP, times=revision)
                await harbour.has_come_to(GAP, times=revision)
                await other.publish([hint(revision=revision)])
                await mara.has_come_to(hint(revision=revision))
                await harbour.has_come_to(hint(revision=revision))
        assert mara.all == harbour.all == [GAP, hint(revision=1), GAP, hint(revision=2)]


async def test_a_server_killed_and_started_again_is_told_as_a_gap(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Meanwhile publishing fails; each trouble is logged when it begins and when it ends."""
    bus, heard = RedisBus(redis_server.url), Heard()
    async with bus.running(), bus.subscribe(TOPIC, heard):
        for revision in (1, 2):
            redis_server.kill()
            with pytest.raises(RedisError):
                await bus.publish([hint()])
            redis_server.start()
            await heard.has_come_to(GAP, times=revision)
            await bus.publish([hint(revision=revision)])
            await heard.has_come_to(hint(revision=revision))
    assert heard.all == [GAP, hint(revision=1), GAP, hint(revision=2)]
    assert (caplog.text.count("Redis cannot be heard"), caplog.text.count("Redis is heard again")) == (2, 2)


async def test_coming_and_going_while_redis_is_away_leaves_nothing_behind(redis_server: RedisServer) -> None:
    """However long it is away: neither of those who left a topic to others, nor of the last."""
    redis_server.kill()
    bus = RedisBus(redis_server.url, confirm_seconds=0.01)
    async with bus.running():
        async with bus.subscribe(TOPIC, Heard()):
            for _ in range(3):
                async with bus.subscribe(TOPIC, Heard()):
                    pass
            assert bus._waiting == {CHANNEL: set()}
        assert (bus._waiting, bus._gaps, list(bus._listeners)) == ({}, set(), [])


async def test_without_redis_one_enters_late_and_hears_when_it_comes(redis_server: RedisServer) -> None:
    """Nobody is refused: the later confirmation counts as a gap."""
    redis_server.kill()
    bus, heard = RedisBus(redis_server.url, confirm_seconds=0.1), Heard()
    async with bus.running(), bus.subscribe(TOPIC, heard):
        assert heard.all == []
        redis_server.start()
        await heard.has(GAP)
        await bus.publish([hint()])
        await heard.has(GAP, hint())


async def test_a_server_that_accepts_and_never_answers_hangs_nobody(redis_server: RedisServer) -> None:
    """Publishing and subscribing are bounded in time; when it goes on, what was missed is told as a gap."""
    async with buses(redis_server.url) as (bus, other):
        heard, late = Heard(), Heard()
        async with bus.subscribe(TOPIC, heard), AsyncExitStack() as stack:
            with redis_server.stalled():
                entering = asyncio.create_task(stack.enter_async_context(bus.subscribe(OTHER_TOPIC, late)))
                async with asyncio.timeout(PATIENCE_SECONDS):
                    with pytest.raises((TimeoutError, RedisError)):
                        await other.publish([hint(revision=1)])
                    await entering
                assert late.all == []
                await until(_is_in_trouble(bus))
            await heard.has_come_to(GAP)
            await late.has_come_to(GAP)
            await other.publish([hint(JONAS, revision=2), hint(revision=2)])
            await heard.has_come_to(hint(revision=2))
            await late.has_come_to(hint(JONAS, revision=2))


async def test_stopping_does_not_wait_for_a_redis_that_stalls(redis_server: RedisServer) -> None:
    """Also with a request under way: it ends before the request would be given up."""
    bus = RedisBus(redis_server.url)
    with redis_server.stalled():
        async with _stopped_in_time(bus):
            entering, _ = _joining(bus)
            await _turns()
        await _cancelled(entering)


async def test_stopping_does_not_wait_for_a_redis_that_is_away(redis_server: RedisServer) -> None:
    """In the middle of trying again."""
    bus = RedisBus(redis_server.url)
    redis_server.kill()
    async with _stopped_in_time(bus):
        await until(_is_in_trouble(bus))


async def test_nonsense_on_a_topic_is_logged_and_harms_nobody(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever else writes to Redis; a listener that fails is no trouble to the next message either."""
    bus, heard = RedisBus(redis_url), Heard()
    nonsense: list[str | bytes] = ["", "{", "7", "[[1]]", '[["x","y",1]]', b"\xff", f'[["{MARA}","{HARBOUR}"]]']
    async with bus.running(), asking(redis_url) as redis, bus.subscribe(TOPIC, heard):
        for data in nonsense:
            await redis.publish(CHANNEL, data)
        await redis.publish(CONTROL, "hello")
        await bus.publish([hint()])
        await heard.has(hint())
    assert caplog.text.count("could not be passed on") == len(nonsense)


async def test_only_plain_commands_are_used(redis_server: RedisServer) -> None:
    """Those that every version of Redis and Valkey knows, so that access can be limited to them."""
    async with asking(redis_server.url) as redis, redis.monitor() as monitor:
        bus, heard = RedisBus(redis_server.url), Heard()
        async with bus.running():
            async with bus.subscribe(TOPIC, heard):
                await bus.publish([hint()])
                await heard.has(hint())
            await until(lambda: _only_control(redis))
        await redis.set("end", "1")
        seen = set()
        async for command in monitor.listen():
            seen.add(command["command"].split()[0])
            if command["command"].startswith("SET "):
                break
    assert seen - {"SET", "PUBSUB", "CLIENT"} == {"SUBSCRIBE", "UNSUBSCRIBE", "PUBLISH", "PING"}


async def test_its_address_is_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    """It carries the password."""
    caplog.set_level(logging.DEBUG)
    bus = RedisBus(f"redis://tracker:harbour-secret@127.0.0.1:{free_port()}/0")
    async with bus.running():
        with pytest.raises(RedisError) as refused:
            await bus.publish([hint()])
        await until(_is_in_trouble(bus))
    assert "harbour-secret" not in caplog.text + repr(refused.value) + repr(bus)


@asynccontextmanager
async def _stopped_in_time(bus: RedisBus) -> AsyncIterator[None]:
    """Run the bus for the time of the block; it stops before any request to Redis is given up."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(bus.running())
        yield
        async with asyncio.timeout(PUBLISH_SECONDS):
            await stack.aclose()


def _is_in_trouble(bus: RedisBus) -> Any:
    async def look() -> bool:
        await asyncio.sleep(0)
        return bus._in_trouble

    return look


async def _are(redis: Redis, expected: set[str]) -> bool:
    return await channels(redis) == expected


async def _only_control(redis: Redis) -> bool:
    return await _are(redis, {CONTROL})


async def _calls(redis: Redis) -> dict[str, int]:
    stats = await redis.info("commandstats")
    names = "subscribe", "unsubscribe", "publish"
    return {name: stats.get(f"cmdstat_{name}", {"calls": 0})["calls"] for name in names}


async def _is_up(bus: RedisBus, redis: Redis) -> None:
    async with bus.subscribe(OTHER_TOPIC, Heard()):
        pass
    await until(lambda: _only_control(redis))


def _joining(bus: RedisBus, listener: Heard | None = None) -> tuple[asyncio.Task[None], asyncio.Event]:
    """Join the topic until cancelled; return also what tells that it is entered."""
    entered = asyncio.Event()

    async def join() -> None:
        async with bus.subscribe(TOPIC, listener or Heard()):
            entered.set()
            await asyncio.Event().wait()

    return asyncio.create_task(join()), entered


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])


async def _turns() -> None:
    """Let the loop turn often enough for what was asked for to be sent."""
    for _ in range(10):
        await asyncio.sleep(0)
