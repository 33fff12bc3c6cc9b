"""The bus across processes, over Redis pub/sub: one connection to hear, made anew whatever ends it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from jobs.bus import Hint, Listener, Topic
from jobs.channels import CONTROL, messages, pass_on
from jobs.subscriptions import CONFIRM_SECONDS, Subscription, Subscriptions

PUBLISH_SECONDS: Final = 2.0
PING_SECONDS: Final = 1.0
SILENCE_SECONDS: Final = 3.0
FIRST_PAUSE_SECONDS: Final = 0.02
LONGEST_PAUSE_SECONDS: Final = 0.5
_log = logging.getLogger(__name__)


class RedisBus:
    """The bus of several processes.

    Whatever ends the connection, a new one asks for every channel again, and as each topic's own is confirmed its
    listeners are told that hints may have been lost. While Redis is away nobody is refused: a subscription enters its
    block after `confirm_seconds` and is told when it is confirmed.
    """

    def __init__(self, url: str, *, confirm_seconds: float = CONFIRM_SECONDS) -> None:
        # redis-py would reconnect and subscribe again without a word: to hear, no error is one to be retried.
        self._hearing = _client(url, retry=Retry(NoBackoff(), 0, supported_errors=()))
        self._publishing = _client(url, retry=Retry(NoBackoff(), 1))
        self._subscriptions = Subscriptions(confirm_seconds=confirm_seconds)
        self._listeners = self._subscriptions.listeners
        self._heard_at = 0.0
        self._pause = FIRST_PAUSE_SECONDS
        self._in_trouble = False
        self.carries = False

    async def publish(self, hints: Iterable[Hint]) -> None:
        """Tell every listener on the hints' topics, in every process.

        Raises TimeoutError after 2 seconds, or redis.RedisError, when it is not certain that all were published.
        """
        async with asyncio.timeout(PUBLISH_SECONDS), self._publishing.pipeline(transaction=False) as pipeline:
            for channel, data in messages(hints):
                pipeline.publish(channel, data)
            await pipeline.execute()

    def subscribe(self, topic: Topic, listener: Listener) -> AbstractAsyncContextManager[None]:
        """Listen for the time of the block; on entry Redis has confirmed it, or has kept it waiting too long."""
        return Subscription(self._subscriptions, topic, listener)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Carry hints for the time of the block; Redis may come and go meanwhile."""
        listening = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            await _stop([listening], again_after=1.0)
            await self._hearing.aclose()
            await self._publishing.aclose()

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except Exception as error:
                if not self._in_trouble:
                    _log.warning("Redis cannot be heard; tried again until it can: %s: %s", type(error).__name__, error)
                self._in_trouble = True
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)

    async def _hear(self) -> None:
        """Hear on one connection, until it ends with an error."""
        pubsub = self._hearing.pubsub()
        tasks: list[asyncio.Task[None]] = []
        try:
            await pubsub.subscribe(CONTROL)
            self._heard_at = asyncio.get_running_loop().time()
            self._subscriptions.begin()
            tasks += map(asyncio.create_task, (self._read(pubsub), self._ask(pubsub), self._keep_alive(pubsub)))
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            raise _why(done.pop())
        finally:
            self.carries = False
            await _stop(tasks, again_after=0.05)
            self._subscriptions.lose()
            await pubsub.aclose()  # type: ignore[no-untyped-call]

    async def _ask(self, pubsub: PubSub) -> None:
        """Ask for what was joined and left since the last turn of the loop, in one command each."""
        while True:
            await self._subscriptions.are_touched.wait()
            joined, left = self._subscriptions.to_ask()
            if joined:
                await pubsub.subscribe(*joined)
            if left:
                await pubsub.unsubscribe(*left)

    async def _keep_alive(self, pubsub: PubSub) -> None:
        """Make Redis say something; redis-py's own health check sends, and never looks for the answer."""
        now = asyncio.get_running_loop().time
        while now() - self._heard_at < SILENCE_SECONDS:
            await pubsub.ping()
            await asyncio.sleep(PING_SECONDS)
        raise TimeoutError(f"Redis has said nothing for {SILENCE_SECONDS} seconds.")

    async def _read(self, pubsub: PubSub) -> None:
        now = asyncio.get_running_loop().time
        while True:
            message = await pubsub.get_message(timeout=None)
            self._heard_at = now()
            if message is None or message["type"] not in {"message", "subscribe"}:
                continue
            try:
                self._take(message["type"], message["channel"].decode(), message["data"])
            except Exception:
                _log.exception("A message on %r could not be passed on.", message["channel"])

    def _take(self, kind: str, channel: str, data: bytes) -> None:
        if channel == CONTROL:
            self._recovered()
        elif kind == "subscribe":
            self._subscriptions.confirm(channel)
        else:
            pass_on(channel, data, listeners=self._listeners)

    def _recovered(self) -> None:
        self._pause = FIRST_PAUSE_SECONDS
        if self._in_trouble:
            _log.warning("Redis is heard again.")
        self._in_trouble = False
        self.carries = True


def _client(url: str, *, retry: Retry) -> Redis:
    return Redis.from_url(
        url,
        protocol=2,
        retry=retry,
        driver_info=None,
        socket_connect_timeout=PUBLISH_SECONDS,
        socket_timeout=PUBLISH_SECONDS,
    )


def _why(ended: asyncio.Task[None]) -> BaseException:
    """Return why a task has ended that goes on for ever; a cancellation that nobody here asked for is an error too."""
    cancelled = ConnectionError("What hears Redis was cancelled from within.")
    return cancelled if ended.cancelled() else ended.exception() or cancelled


async def _stop(tasks: Sequence[asyncio.Task[None]], *, again_after: float) -> None:
    """Cancel until all have ended: Python 3.11's `wait_for`, with which redis-py sends, can swallow a cancellation."""
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=again_after)
    for task in tasks:
        if not task.cancelled():
            task.exception()
