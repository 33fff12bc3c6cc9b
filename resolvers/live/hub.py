"""The hub: opens what is to be watched once for all its viewers, and closes it behind the last."""

import asyncio
import logging
from collections.abc import Callable, Hashable
from contextlib import AbstractAsyncContextManager
from contextvars import copy_context
from datetime import datetime
from typing import Any, Final

from jobs.bus import Bus, Topic
from models.access import Viewer
from models.batching import Batched
from models.errors import Unavailable
from resolvers.live.feed import Feed, K, S
from resolvers.live.reader import AnySource, Reader
from resolvers.live.source import Gone, Source, Subscriber

CLOSING_SECONDS: Final = 5.0
STOPPING: Final = "This process is being stopped: connect again."
_log = logging.getLogger(__name__)


class Hub:
    """All that is open in this process: a source for each subject, a reader for each kind and practice."""

    def __init__(self, bus: Bus, *, now: Callable[[], datetime]) -> None:
        self._bus = bus
        self._now = now
        self._context = copy_context()
        self._sources: dict[Hashable, AnySource] = {}
        self._subscriptions: dict[AnySource, AbstractAsyncContextManager[None]] = {}
        self._readers: dict[Hashable, Reader] = {}
        self._locators: dict[Hashable, Batched[Any, Topic]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_draining = False

    def __len__(self) -> int:
        """Return how many subjects are open."""
        return len(self._sources)

    @property
    def viewers(self) -> int:
        """How many watch, a subject each."""
        return sum(len(source.subscribers) for source in self._sources.values())

    async def watch(self, feed: Feed[K, S], subject: K, *, viewer: Viewer, known_revision: int | None) -> Subscriber[S]:
        """Watch a subject of the viewer's practice, which shows first how it stands, unless `known_revision` does.

        Who knows a newer revision than this process, as after coming from another, has the subject read anew.

        Raises Gone when it is not there, Unavailable while the process drains, Unreadable or the database's own error
        when its state cannot be read.
        """
        if self.is_draining:
            raise Unavailable(STOPPING)
        key = (feed, viewer.practice_id, subject)
        source: Source[K, S] | None = self._sources.get(key)
        if source is None or source.is_over:
            source = self._sources[key] = Source(feed, subject, practice_id=viewer.practice_id)
            self._begin(self._open(source))
        elif source.latest is not None and not self._bus.carries:
            self._reader(source).mark(source)
        subscriber = Subscriber(source, viewer, known_revision=known_revision, leave=self._leave)
        source.join(subscriber)
        try:
            await asyncio.shield(source.first)
            if known_revision is not None and source.latest is not None and source.latest.revision < known_revision:
                source.expect()
                self._reader(source).mark(source)
                await asyncio.shield(source.first)
        except BaseException:
            self._leave(subscriber)
            raise
        return subscriber

    def drain(self) -> None:
        """End every watch, and let nothing more be opened."""
        self.is_draining = True
        for source in self._sources.values():
            source.fail(Unavailable(STOPPING))
            source.end()

    async def aclose(self) -> None:
        """End all work, when what it uses is about to be closed."""
        self.drain()
        await asyncio.gather(*(reader.stop() for reader in self._readers.values()))
        if self._tasks:
            _done, late = await asyncio.wait(self._tasks, timeout=CLOSING_SECONDS)
            for task in late:
                task.cancel()

    async def _open(self, source: AnySource) -> None:
        """Listen for changes of the source, and only then have its first state read: nothing falls between."""
        try:
            topic = await self._locator(source).get(source.subject)
            if topic is None:
                source.fail(Gone())
                return
            await self._listen(source, topic)
        except Exception as error:
            source.fail(error)

    async def _listen(self, source: AnySource, topic: Topic) -> None:
        reader = self._reader(source)
        source.mark = reader.mark
        subscription = self._bus.subscribe(topic, source.hear)
        await subscription.__aenter__()
        if not source.subscribers:
            await subscription.__aexit__(None, None, None)
            return
        before = self._subscriptions.pop(source, None)
        self._subscriptions[source] = subscription
        source.topic = topic
        source.feed.opened(source.subject, practice_id=source.practice_id)
        reader.mark(source)
        if before is not None:
            await before.__aexit__(None, None, None)

    def _leave(self, subscriber: Subscriber[Any]) -> None:
        source = subscriber.source
        if not source.leave(subscriber):
            self._close(source)

    def _close(self, source: AnySource) -> None:
        source.is_over = True
        key = (source.feed, source.practice_id, source.subject)
        if self._sources.get(key) is source:
            del self._sources[key]
            source.feed.closed(source.subject, practice_id=source.practice_id)
        self._reader(source).forget(source)
        if (subscription := self._subscriptions.pop(source, None)) is not None:
            self._begin(subscription.__aexit__(None, None, None))

    def _begin(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work, context=self._context.copy())
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("A subscription on the bus could not be ended: %r", error)

    def _reader(self, source: AnySource) -> Reader:
        key = (source.feed, source.practice_id)
        if key not in self._readers:
            self._readers[key] = Reader(
                source.feed,
                source.practice_id,
                now=self._now,
                context=self._context,
                relocate=lambda moved, topic: self._begin(self._listen(moved, topic)),
            )
        return self._readers[key]

    def _locator(self, source: AnySource) -> Batched[Any, Topic]:
        key = (source.feed, source.practice_id)
        if key not in self._locators:
            feed, practice_id = source.feed, source.practice_id
            self._locators[key] = Batched(lambda subjects: feed.locate(subjects, practice_id=practice_id))
        return self._locators[key]
