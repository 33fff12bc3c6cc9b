"""Reading what is dirty: all of one kind and practice in one go, one reading after another."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from jobs.bus import Topic
from resolvers.live.feed import Feed
from resolvers.live.source import Gone, Moment, Source, Unreadable
from resolvers.permissions import Permission, those_who_keep

BATCH: Final = 2000
RETRY_SECONDS: Final = 0.5
LOOK_SECONDS: Final = 1.0
_log = logging.getLogger(__name__)

AnySource = Source[Any, Any]


class Reader:
    """Reads the dirty sources of one feed in one practice. What gets dirty meanwhile is read together, next."""

    def __init__(
        self,
        feed: Feed[Any, Any],
        practice_id: UUID,
        *,
        now: Callable[[], datetime],
        context: Context,
        relocate: Callable[[AnySource, Topic], None],
    ) -> None:
        self._feed = feed
        self._practice_id = practice_id
        self._now = now
        self._context = context
        self._relocate = relocate
        self._dirty: dict[AnySource, None] = {}
        self._due: dict[AnySource, datetime] = {}
        self._looking: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._hurry = asyncio.Event()
        self._in_trouble = False

    def mark(self, source: AnySource) -> None:
        """Have the source read."""
        self._dirty[source] = None
        if source.latest is None:
            self._hurry.set()
        if self._task is None:
            # The hint may come from inside a transaction, whose connection the reading must not inherit.
            self._task = asyncio.get_running_loop().create_task(self._run(), context=self._context.copy())

    def forget(self, source: AnySource) -> None:
        """Read the source no more."""
        self._dirty.pop(source, None)
        self._due.pop(source, None)

    async def stop(self) -> None:
        """Read nothing more, and wait for the end of what is being read."""
        self._dirty.clear()
        self._due.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._dirty:
                await self._keep_pace()
                batch = list(self._dirty)[:BATCH]
                for source in batch:
                    del self._dirty[source]
                self._not_before = loop.time() + self._feed.pace
                try:
                    await self._read(batch)
                    self._in_trouble = False
                except Exception as error:
                    if not self._in_trouble:
                        _log.exception("What %d dialogs show could not be read; it is tried again.", len(batch))
                    self._in_trouble = True
                    self._put_off(batch, error)
        finally:
            self._task = None

    async def _keep_pace(self) -> None:
        """Wait until the practice may be read again; who waits for a first state is not kept waiting."""
        self._hurry.clear()
        delay = self._not_before - asyncio.get_running_loop().time()
        if delay <= 0 or any(source.latest is None for source in self._dirty):
            await asyncio.sleep(0)  # What is hinted at in the same turn is read together.
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._hurry.wait()

    async def _read(self, batch: list[AnySource]) -> None:
        now, missed = self._now(), {source for source in batch if source.missed}
        for source in missed:
            source.missed = False
        # Who waits for a first state has signed in just now.
        viewers = {viewer for source in batch if source.latest is not None for viewer in source.viewers}
        kept, readings = await asyncio.gather(
            those_who_keep(viewers, Permission.READ, practice_id=self._practice_id),
            self._feed.read([source.subject for source in batch], practice_id=self._practice_id, now=now),
        )
        lost, moment = viewers - kept, Moment(now)
        for source in batch:
            if lost:
                source.end_those_of(lost)
            if source.subject not in readings:
                self._put_off([source], Unreadable())
            elif (reading := readings[source.subject]) is None:
                source.fail(Gone())
                source.end()
            else:
                source.show(reading, moment=moment, missed=source in missed)
                self._expect(source, reading.due_at)
                if reading.topic != source.topic:
                    self._relocate(source, reading.topic)

    def _expect(self, source: AnySource, due_at: datetime | None) -> None:
        """Have the source read at that moment of the practice's clock, which in demo mode may come early."""
        if due_at is None or not source.subscribers:
            self._due.pop(source, None)
            return
        self._due[source] = due_at
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._looking, now = None, self._now()
        for source, due_at in tuple(self._due.items()):
            if due_at <= now:
                del self._due[source]
                self.mark(source)
        if self._due:
            self._looking = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)

    def _put_off(self, batch: list[AnySource], error: BaseException) -> None:
        """Turn those away who wait for a first state; read the others again later."""
        for source in batch:
            if source.latest is None:
                source.fail(error)
            else:
                source.missed = True
                asyncio.get_running_loop().call_later(RETRY_SECONDS, self._mark_if_open, source)

    def _mark_if_open(self, source: AnySource) -> None:
        if source.subscribers:
            self.mark(source)
