"""Reading what is dirty: all of one kind and practice together, one round after another."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import Context
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from jobs.bus import Topic
from models.access import Viewer
from resolvers.live.feed import Feed, Reading
from resolvers.live.source import Gone, Moment, Source, Unreadable
from resolvers.permissions import those_who_keep

BATCH: Final = 2000
AT_ONCE: Final = 2
"""So many portions of a round are asked for at once: while one is shown, the database works on the next."""
RETRY_SECONDS: Final = 0.5
LOOK_SECONDS: Final = 1.0
_log = logging.getLogger(__name__)

AnySource = Source[Any, Any]
Readings = Mapping[Any, Reading[Any] | None]


class Portion(NamedTuple):
    """Sources that are read in one go: those of them that may have missed hints, and what is found."""

    sources: list[AnySource]
    missed: set[AnySource]
    moment: Moment
    readings: asyncio.Task[Readings]


class Reader:
    """Reads the dirty sources of one feed in one practice. What gets dirty meanwhile is read together, next.

    A round of many is read in portions. A source is dirty until its portion is asked for: what is hinted at before, the
    reading will show; what is hinted at afterwards has it read again.
    """

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
                await asyncio.sleep(0)  # What is hinted at in the same turn is read together.
                if not self._dirty:
                    break  # All were closed meanwhile.
                if loop.time() >= self._not_before:
                    self._not_before = loop.time() + self._feed.pace
                    await self._read(list(self._dirty)[:BATCH])
                elif firsts := [source for source in self._dirty if source.latest is None]:
                    await self._read(firsts[:BATCH])
                else:
                    await self._until(self._not_before)
        finally:
            self._task = None

    async def _until(self, moment: float) -> None:
        """Wait until the practice may be read again, or somebody waits for a first state."""
        self._hurry.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(moment):
                await self._hurry.wait()

    async def _read(self, batch: list[AnySource]) -> None:
        # Who waits for a first state has signed in just now.
        viewers = {viewer for source in batch if source.latest is not None for viewer in source.viewers}
        keeping = asyncio.create_task(those_who_keep(viewers, self._feed.operation, practice_id=self._practice_id))
        under_way: deque[Portion] = deque()
        try:
            for first in range(0, len(batch), self._feed.portion):
                under_way.append(self._ask_for(batch[first : first + self._feed.portion]))
                if len(under_way) == AT_ONCE:
                    await self._receive(under_way[0], keeping, viewers)
                    under_way.popleft()
            for portion in under_way:
                await self._receive(portion, keeping, viewers)
        finally:
            await _ended(keeping, *(portion.readings for portion in under_way))

    def _ask_for(self, sources: list[AnySource]) -> Portion:
        dirty = [source for source in sources if source in self._dirty]
        missed = {source for source in dirty if source.missed}
        for source in dirty:
            del self._dirty[source]
            source.missed = source.is_behind = False
        now, subjects = self._now(), [source.subject for source in dirty]
        reading = self._feed.read(subjects, practice_id=self._practice_id, now=now)
        return Portion(dirty, missed, Moment(now), asyncio.create_task(reading))

    async def _receive(self, portion: Portion, keeping: asyncio.Task[set[Viewer]], viewers: set[Viewer]) -> None:
        try:
            readings = await portion.readings
            self._show(portion, readings, lost=viewers - await keeping)
            self._in_trouble = False
        except Exception as error:
            if not self._in_trouble:
                _log.exception("What %d dialogs show could not be read; it is tried again.", len(portion.sources))
            self._in_trouble = True
            self._put_off(portion.sources, error)

    def _show(self, portion: Portion, readings: Readings, *, lost: set[Viewer]) -> None:
        for source in portion.sources:
            if lost:
                source.end_those_of(lost)
            if (reading := readings.get(source.subject)) is not None:
                source.show(reading, moment=portion.moment, missed=source in portion.missed)
                self._expect(source, reading.due_at)
                if reading.topic != source.topic:
                    self._relocate(source, reading.topic)
            elif source.subject in readings:
                source.fail(Gone())
                source.end()
            else:
                self._put_off([source], Unreadable())

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
        """Turn those away who wait for a first state; show the others what there is, and read it again later."""
        for source in batch:
            if source.latest is None:
                source.fail(error)
            else:
                source.missed, source.is_behind = True, False
                source.succeed()
                asyncio.get_running_loop().call_later(RETRY_SECONDS, self._mark_if_open, source)

    def _mark_if_open(self, source: AnySource) -> None:
        if source.subscribers:
            self.mark(source)


async def _ended(*tasks: asyncio.Task[Any]) -> None:
    """Wait for the end of tasks that nobody needs any more."""
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # It has been told, or there is nobody to tell.
