"""The bus across processes, over Redis pub/sub: one connection to hear, one topic counted once per process."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final
from uuid import UUID

import orjson
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from jobs.bus import Hint, Listener, Listeners

PREFIX: Final = "session-tracker:"
CONTROL: Final = f"{PREFIX}control"
CONFIRM_SECONDS: Final = 3.0
PUBLISH_SECONDS: Final = 2.0
PING_SECONDS: Final = 1.0
SILENCE_SECONDS: Final = 3.0
FIRST_PAUSE_SECONDS: Final = 0.02
LONGEST_PAUSE_SECONDS: Final = 0.5
_log = logging.getLogger(__name__)


class RedisBus:
    """The bus of several processes.

    Whatever ends the connection, a new one asks for every topic again, and as each is confirmed its listeners are told
    that hints may have been lost. While Redis is away nobody is refused: a subscription enters its block after
    `confirm_seconds` and is told when it is confirmed.
    """

    def __init__(self, url: str, *, confirm_seconds: float = CONFIRM_SECONDS) -> None:
        self._confirm_seconds = confirm_seconds
        # redis-py would reconnect and subscribe again without a word: to hear, no error is one to be retried.
        self._hearing = _client(url, retry=Retry(NoBackoff(), 0, supported_errors=()))
        self._publishing = _client(url, retry=Retry(NoBackoff(), 1))
        self._listeners = Listeners()
        self._waiting: dict[str, set[asyncio.Future[bool]]] = {}
        self._gaps: set[str] = set()
        self._touched: set[str] = set()
        self._is_touched = asyncio.Event()
        self._asked: set[str] = set()
        self._unconfirmed: Counter[str] = Counter()
        self._heard_at = 0.0
        self._pause = FIRST_PAUSE_SECONDS
        self._in_trouble = False
        self.carries = False

    async def publish(self, hints: Iterable[Hint]) -> None:
        """Tell every listener on the hints' topics, in every process; a topic's hints travel together.

        Raises TimeoutError after 2 seconds, or redis.RedisError, when it is not certain that all were published.
        """
        told: dict[str, list[tuple[str, str, int]]] = {}
        for hint in hints:
            for topic in hint.topics:
                told.setdefault(topic, []).append((str(hint.client_id), str(hint.practice_id), hint.revision))
        async with asyncio.timeout(PUBLISH_SECONDS), self._publishing.pipeline(transaction=False) as pipeline:
            for topic, payload in told.items():
                pipeline.publish(PREFIX + topic, orjson.dumps(payload))
            await pipeline.execute()

    def subscribe(self, topic: str, listener: Listener) -> AbstractAsyncContextManager[None]:
        """Listen for the time of the block; on entry Redis has confirmed it, or has kept it waiting too long."""
        return _Subscription(self, topic, listener)

    async def _join(self, topic: str, listener: Listener) -> None:
        self._listeners.add(topic, listener)
        self._touch(topic)
        if not self._is_confirmed(topic):
            await self._confirmation(topic)

    def _leave(self, topic: str, listener: Listener) -> None:
        self._listeners.remove(topic, listener)
        if topic not in self._listeners:
            self._waiting.pop(topic, None)
            self._gaps.discard(topic)
        self._touch(topic)

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

    def _touch(self, topic: str) -> None:
        self._touched.add(topic)
        self._is_touched.set()

    def _is_confirmed(self, topic: str) -> bool:
        return topic in self._asked and topic not in self._unconfirmed

    async def _confirmation(self, topic: str) -> None:
        loop = asyncio.get_running_loop()
        confirmed = loop.create_future()
        self._waiting.setdefault(topic, set()).add(confirmed)
        deadline = loop.call_later(self._confirm_seconds, _settle, confirmed, False)
        try:
            if not await confirmed:
                self._gaps.add(topic)
        finally:
            deadline.cancel()
            self._waiting.get(topic, set()).discard(confirmed)

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
            self._touched.update(self._listeners)
            self._is_touched.set()
            tasks += map(asyncio.create_task, (self._read(pubsub), self._ask(pubsub), self._keep_alive(pubsub)))
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            done.pop().result()
        finally:
            self.carries = False
            await _stop(tasks, again_after=0.05)
            for state in (self._touched, self._asked, self._unconfirmed):
                state.clear()
            self._gaps.update(self._listeners)
            await pubsub.aclose()  # type: ignore[no-untyped-call]

    async def _ask(self, pubsub: PubSub) -> None:
        """Ask for what was joined and left since the last turn of the loop, in one command each."""
        while True:
            await self._is_touched.wait()
            self._is_touched.clear()
            touched, self._touched = self._touched, set()
            joined = [topic for topic in touched if topic in self._listeners and topic not in self._asked]
            left = [topic for topic in touched if topic not in self._listeners and topic in self._asked]
            self._asked.update(joined)
            self._asked.difference_update(left)
            self._unconfirmed.update(joined)
            if joined:
                await pubsub.subscribe(*(PREFIX + topic for topic in joined))
            if left:
                await pubsub.unsubscribe(*(PREFIX + topic for topic in left))

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
        topic = channel.removeprefix(PREFIX)
        if channel == CONTROL:
            self._recovered()
        elif kind == "subscribe":
            self._confirmed(topic)
        else:
            for client_id, practice_id, revision in orjson.loads(data):
                self._listeners.tell(topic, Hint(UUID(client_id), UUID(practice_id), revision))

    def _recovered(self) -> None:
        self._pause = FIRST_PAUSE_SECONDS
        if self._in_trouble:
            _log.warning("Redis is heard again.")
        self._in_trouble = False
        self.carries = True

    def _confirmed(self, topic: str) -> None:
        self._unconfirmed[topic] -= 1
        # A topic left and joined again has asked twice, and the first confirmation precedes its leaving.
        if self._unconfirmed[topic] > 0:
            return
        out_of_turn = self._unconfirmed.pop(topic) < 0
        for waiting in self._waiting.pop(topic, ()):
            _settle(waiting, True)
        if out_of_turn or topic in self._gaps:
            self._gaps.discard(topic)
            self._listeners.tell(topic, None)


class _Subscription:
    """What `subscribe` returns; there is one for each dialog, so it is small."""

    __slots__ = ("_bus", "_listener", "_topic")

    def __init__(self, bus: RedisBus, topic: str, listener: Listener) -> None:
        self._bus = bus
        self._topic = topic
        self._listener = listener

    async def __aenter__(self) -> None:
        try:
            await self._bus._join(self._topic, self._listener)
        except BaseException:
            self._bus._leave(self._topic, self._listener)
            raise

    async def __aexit__(self, *_error: object) -> None:
        self._bus._leave(self._topic, self._listener)


def _client(url: str, *, retry: Retry) -> Redis:
    return Redis.from_url(
        url,
        protocol=2,
        retry=retry,
        driver_info=None,
        socket_connect_timeout=PUBLISH_SECONDS,
        socket_timeout=PUBLISH_SECONDS,
    )


def _settle(confirmed: asyncio.Future[bool], whether: bool) -> None:
    if not confirmed.done():
        confirmed.set_result(whether)


async def _stop(tasks: Sequence[asyncio.Task[None]], *, again_after: float) -> None:
    """Cancel until all have ended: Python 3.11's `wait_for`, with which redis-py sends, can swallow a cancellation."""
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=again_after)
    for task in tasks:
        if not task.cancelled():
            task.exception()
