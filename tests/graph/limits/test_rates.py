"""How fast operations may be started: counted in one process, in Redis for all, in one again while Redis is away."""

import asyncio

import pytest
from redis.asyncio import Redis

from graph.limits.rates import KEPT_CALLERS, InProcess, Rates
from graph.limits.refusals import Refusal
from tests.redis_server import RedisServer


class Hand:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> float:
        """Return how many have passed."""
        return self.seconds


def counting(hand: Hand, *, per_second: int = 1, redis_url: str | None = None) -> Rates:
    """Return rates of ten times so many in ten seconds."""
    return Rates(per_second=per_second, redis_url=redis_url, now=hand.now)


async def started(rates: Rates, caller: str, attempts: int) -> int:
    """Return how many of so many operations were started."""
    done = 0
    for _ in range(attempts):
        try:
            await rates.count(caller)
            done += 1
        except Refusal:
            pass
    return done


async def test_a_caller_may_start_so_many_in_ten_seconds() -> None:
    """The next is refused with the seconds that are left; others are not concerned."""
    hand = Hand()
    rates = counting(hand)
    assert await started(rates, "one", 10) == 10
    hand.seconds += 6.5
    with pytest.raises(Refusal) as refused:
        await rates.count("one")
    assert refused.value.extensions == {"code": "RATE_LIMITED", "retryAfter": 4}
    assert refused.value.headers == {"Retry-After": "4"}
    assert await started(rates, "other", 11) == 10
    hand.seconds += 3.5
    assert await started(rates, "one", 11) == 10


async def test_who_has_gone_is_forgotten() -> None:
    """When there are many."""
    hand = Hand()
    store = InProcess(hand.now)
    for n in range(KEPT_CALLERS):
        await store.incr(str(n), 10)
    hand.seconds += 10
    await store.incr("new", 10)
    assert await store.reset() == 1


async def test_processes_count_together_in_redis(redis_url: str) -> None:
    """What one has allowed is not allowed by another."""
    hand = Hand()
    one, other = counting(hand, redis_url=redis_url), counting(hand, redis_url=redis_url)
    assert await started(one, "together", 6) + await started(other, "together", 6) == 10
    with pytest.raises(Refusal):
        await one.count("together")
    await one.aclose()
    await other.aclose()


async def test_redis_is_asked_once_for_a_hundredth_of_what_is_allowed(redis_url: str) -> None:
    """A thousand in ten seconds are asked for by tens."""
    rates = counting(Hand(), per_second=100, redis_url=redis_url)
    client = Redis.from_url(redis_url)
    assert await started(rates, "portions", 25) == 25
    assert await counted(client, "portions") == 30
    await client.aclose()
    await rates.aclose()


async def counted(client: Redis, caller: str) -> int:
    """Return what Redis has counted for a caller."""
    (key,) = [key async for key in client.scan_iter(f"*{caller}*")]
    return int(await client.get(key) or 0)


async def test_operations_that_start_at_once_ask_as_rarely(redis_url: str) -> None:
    """A page that opens a hundred dialogs takes what a hundred need, and not a portion for each."""
    rates = counting(Hand(), per_second=100, redis_url=redis_url)
    client = Redis.from_url(redis_url)
    assert await asyncio.gather(*(started(rates, "at-once", 1) for _ in range(95))) == [1] * 95
    assert await counted(client, "at-once") == 100
    await client.aclose()
    await rates.aclose()


async def test_redis_is_not_asked_for_who_has_been_refused(redis_url: str) -> None:
    """Before the window has ended; whoever goes on costs nothing."""
    hand = Hand()
    rates = counting(hand, redis_url=redis_url)
    client = Redis.from_url(redis_url)
    assert await started(rates, "hasty", 50) == 10
    assert await counted(client, "hasty") == 11
    await client.delete(*[key async for key in client.scan_iter("*hasty*")])
    assert await started(rates, "hasty", 1) == 0
    hand.seconds += 11
    assert await started(rates, "hasty", 50) == 10
    await client.aclose()
    await rates.aclose()


async def test_what_weighs_more_than_a_window_allows_takes_nearly_all_of_it(redis_url: str) -> None:
    """With the operation for which it is read it could never be started otherwise."""
    for url in (None, redis_url):
        rates = counting(Hand(), redis_url=url)
        await rates.count("heavy", 160)
        assert await started(rates, "heavy", 2) == 1
        await rates.aclose()


async def test_while_redis_is_away_a_process_counts_by_itself(redis_server: RedisServer) -> None:
    """And asks Redis again after five seconds."""
    hand = Hand()
    rates = counting(hand, redis_url=redis_server.url)
    assert await started(rates, "away", 4) == 4
    redis_server.kill()
    assert await started(rates, "away", 12) == 10
    redis_server.start()
    hand.seconds += 5
    assert await started(rates, "away", 12) == 10
    await rates.aclose()
