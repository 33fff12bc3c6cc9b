"""How fast a caller may start operations: counted in Redis where there is one, for all processes, else in this one."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage, Storage
from limits.aio.strategies import FixedWindowRateLimiter
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from graph.limits.refusals import Refusal, too_fast

WINDOW_SECONDS: Final = 10
REDIS_SECONDS: Final = 0.25
AWAY_SECONDS: Final = 5.0
PORTIONS: Final = 100
KEPT_CALLERS: Final = 10_000
NAMESPACE: Final = "session-tracker"
V = TypeVar("V")
_log = logging.getLogger(__name__)


class Rates:
    """Counts what each caller starts, in windows of ten seconds; `now` tells POSIX seconds.

    From Redis a process takes the hundredth part of what a window allows at a time, so that few operations have to ask;
    of those that one caller starts at once, one asks for all, and once it is refused none does before the window has
    ended. While Redis is away each process counts by itself.
    """

    def __init__(self, *, per_second: int, redis_url: str | None, now: Callable[[], float]) -> None:
        self._item = RateLimitItemPerSecond(per_second * WINDOW_SECONDS, WINDOW_SECONDS, NAMESPACE)
        self._now = now
        self._here = FixedWindowRateLimiter(InProcess(now))
        self._pool = _pool(redis_url) if redis_url else None
        self._shared = FixedWindowRateLimiter(_shared(self._pool)) if self._pool else None
        self._portion = max(1, self._item.amount // PORTIONS)
        self._taken: dict[str, tuple[int, float]] = {}
        self._refused: dict[str, float] = {}
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._away_until = 0.0

    async def count(self, caller: str, operations: int = 1) -> None:
        """Count what a caller starts.

        Raises Refusal when it is one too many.
        """
        if self._shared is not None and self._now() >= self._away_until:
            async with self._turns.setdefault(caller, asyncio.Lock()):
                if await self._is_counted_in_redis(self._shared, caller, operations):
                    return
        await self._hit(self._here, caller, cost=operations)

    async def aclose(self) -> None:
        """Let go of Redis."""
        if self._pool is not None:
            await self._pool.aclose()

    async def _is_counted_in_redis(self, shared: FixedWindowRateLimiter, caller: str, operations: int) -> bool:
        """Count, unless Redis is away, which may have become known while others of this caller were waited for.

        Raises Refusal when it is one too many.
        """
        if self._now() < self._away_until:
            return False
        left, until = self._taken.get(caller, (0, 0.0))
        if self._now() >= until:
            left = 0
        if left < operations:
            try:
                taken = await self._take(shared, caller, max(self._portion, operations))
            except (RedisError, OSError, TimeoutError) as error:
                self._away_until = self._now() + AWAY_SECONDS
                _log.warning("Redis does not count operations; this process does: %s", type(error).__name__)
                return False
            left, until = left + taken, self._now() + WINDOW_SECONDS
        _put(self._taken, caller, (left - operations, until))
        return True

    async def _take(self, shared: FixedWindowRateLimiter, caller: str, wanted: int) -> int:
        """Take so many of what a caller may start.

        Raises Refusal when there are not so many, and RedisError, OSError or TimeoutError.
        """
        if (ends := self._refused.get(caller, 0.0)) > self._now():
            raise too_fast(retry_after=ends - self._now())
        try:
            await self._hit(shared, caller, cost=wanted)
        except Refusal as refusal:
            _put(self._refused, caller, self._now() + (refusal.retry_after or 0))
            raise
        return wanted

    async def _hit(self, limiter: FixedWindowRateLimiter, caller: str, *, cost: int) -> None:
        if not await limiter.hit(self._item, caller, cost=min(cost, self._item.amount - 1)):
            ends, _ = await limiter.get_window_stats(self._item, caller)
            raise too_fast(retry_after=min(ends - self._now(), WINDOW_SECONDS))


class InProcess(Storage):
    """Counts in this process, without the tasks, locks and threads of the package's own."""

    STORAGE_SCHEME = None

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now
        self._counts: dict[str, tuple[int, float]] = {}
        self._room = KEPT_CALLERS

    @property
    def base_exceptions(self) -> type[Exception]:
        """What can go wrong here: nothing."""
        return ValueError

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Return the count of a key with what is added; a new one ends after `expiry` seconds."""
        now = self._now()
        count, ends = self._counts.get(key, (0, now))
        if ends <= now:
            count, ends = 0, now + expiry
            self._forget(now)
        self._counts[key] = (count + amount, ends)
        return count + amount

    async def get(self, key: str) -> int:
        """Return the count of a key."""
        count, ends = self._counts.get(key, (0, 0.0))
        return count if ends > self._now() else 0

    async def get_expiry(self, key: str) -> float:
        """Return when the count of a key ends."""
        return self._counts.get(key, (0, self._now()))[1]

    async def check(self) -> bool:
        """Return that it works."""
        return True

    async def reset(self) -> int:
        """Forget all counts; return how many there were."""
        forgotten = len(self._counts)
        self._counts.clear()
        return forgotten

    async def clear(self, key: str) -> None:
        """Forget the count of a key."""
        self._counts.pop(key, None)

    def _forget(self, now: float) -> None:
        """Forget what has ended, when there is twice as much as there was then."""
        if len(self._counts) >= self._room:
            self._counts = {key: value for key, value in self._counts.items() if value[1] > now}
            self._room = max(KEPT_CALLERS, 2 * len(self._counts))


def _put(kept: dict[str, V], caller: str, value: V) -> None:
    """Keep a value for a caller; when there are too many they are all forgotten, and asked for anew."""
    if len(kept) >= KEPT_CALLERS:
        kept.clear()
    kept[caller] = value


def _pool(url: str) -> ConnectionPool:
    soon: dict[str, Any] = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS}
    return ConnectionPool.from_url(url, retry=Retry(NoBackoff(), 0), **soon)


def _shared(pool: ConnectionPool) -> Storage:
    options: dict[str, Any] = {"connection_pool": pool}
    return RedisStorage("async+redis://", implementation="redispy", key_prefix=NAMESPACE, **options)
