"""A source: one subject that is open in this process, its newest state, and those who watch it."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, NamedTuple, Self
from uuid import UUID

from jobs.bus import Hint, Topic
from models.access import Viewer
from models.terms import ChangeReason
from resolvers.live.feed import Feed, K, Reading, S

TURN: Final = 250
"""How many are woken before others have their turn."""


class Gone(Exception):
    """What is to be watched is not there, or not there any more."""


class Unreadable(Exception):
    """What is to be watched cannot be read now; the log says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One reading of what was dirty: all events of it share what the reader of events keeps in `shared`."""

    now: datetime
    shared: dict[Hashable, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Event(Generic[S]):
    """A state that is shown. `step` grows with each visible change; `payloads` holds what was made of the state."""

    state: S
    revision: int
    reason: ChangeReason
    step: int
    moment: Moment
    payloads: dict[Hashable, object] = field(default_factory=dict)


class Showing(Generic[S], NamedTuple):
    """An event as one viewer gets it: the first is a snapshot."""

    event: Event[S]
    reason: ChangeReason


def _forget(_source: object) -> None:
    """Stand in for the reader until the source is located."""


class Source(Generic[K, S]):
    """Holds the newest state of a subject. Whoever joins late gets it without another reading."""

    __slots__ = (
        "feed",
        "first",
        "is_behind",
        "is_over",
        "latest",
        "mark",
        "missed",
        "practice_id",
        "subject",
        "subscribers",
        "topic",
        "viewers",
    )

    def __init__(self, feed: Feed[K, S], subject: K, *, practice_id: UUID) -> None:
        self.feed = feed
        self.subject = subject
        self.practice_id = practice_id
        self.topic: Topic | None = None
        self.latest: Event[S] | None = None
        self.first: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.missed = False
        self.is_over = False
        self.is_behind = False
        self.mark: Callable[[Source[K, S]], None] = _forget
        self.subscribers: dict[Subscriber[S], None] = {}
        self.viewers: Counter[Viewer] = Counter()

    def hear(self, hint: Hint | None) -> None:
        """Have the subject read again; None when hints may have been lost."""
        self.missed = self.missed or hint is None
        self.feed.heard(self.subject, hint, practice_id=self.practice_id)
        self.mark(self)

    def join(self, subscriber: "Subscriber[S]") -> None:
        """Have one more watch."""
        self.subscribers[subscriber] = None
        self.viewers[subscriber.viewer] += 1

    def leave(self, subscriber: "Subscriber[S]") -> bool:
        """Have one less watch, leaving twice being harmless; tell whether others stay."""
        if subscriber in self.subscribers:
            del self.subscribers[subscriber]
            self.viewers[subscriber.viewer] -= 1
            if not self.viewers[subscriber.viewer]:
                del self.viewers[subscriber.viewer]
        return bool(self.subscribers)

    def show(self, reading: Reading[S], *, moment: Moment, missed: bool) -> None:
        """Take a newer state over, and wake everyone if they would see the difference.

        `missed` tells that hints may have been lost before it was read.
        """
        before = self.latest
        if not self.is_behind:
            self.succeed()
        if before is None:
            self.latest = Event(reading.state, reading.revision, reading.reason, 0, moment)
            return
        if reading.topic == self.topic and reading.revision < before.revision:
            return
        visible = self.feed.differs(reading.state, before.state)
        reason = ChangeReason.RESYNC if missed else reading.reason
        self.latest = Event(reading.state, reading.revision, reason, before.step + visible, moment)
        if visible:
            self._wake(deque(self.subscribers))

    def _wake(self, waiting: "deque[Subscriber[S]]") -> None:
        """Wake some, and the others after everything else that the process has to do now."""
        for _ in range(min(TURN, len(waiting))):
            waiting.popleft().wake()
        if waiting:
            asyncio.get_running_loop().call_soon(self._wake, waiting)

    def expect(self) -> None:
        """Have those who join wait for a reading that is yet to be asked for, as for a first state."""
        self.is_behind = True
        if self.first.done():
            self.first = asyncio.get_running_loop().create_future()

    def succeed(self) -> None:
        """Let in those who wait for the first state."""
        if not self.first.done():
            self.first.set_result(None)

    def fail(self, error: BaseException) -> None:
        """Turn away those who wait for the first state."""
        if not self.first.done():
            self.first.set_exception(error)
            self.first.exception()  # It is told to those who wait; there may be none.

    def end(self) -> None:
        """End every watch: the subject is gone, or the process is about to be. Who comes later opens it anew."""
        self.is_over = True
        for subscriber in tuple(self.subscribers):
            subscriber.end()

    def end_those_of(self, viewers: set[Viewer]) -> None:
        """End the watches of viewers who may not see it any more."""
        for subscriber in tuple(self.subscribers):
            if subscriber.viewer in viewers:
                subscriber.end()


class Subscriber(Generic[S]):
    """One open watch: a dirty slot, no queue. However much happened since it last looked, it is shown the newest state.

    Iterating yields states; it ends when the subject or the viewer's access is gone, or the process drains. Who would
    rather be called than wait sets `on_wake`, takes what there is to take, and looks whether the watch `is_over`.
    """

    __slots__ = ("_known_revision", "_leave", "_step", "_waiter", "is_over", "on_wake", "source", "viewer")

    def __init__(
        self,
        source: Source[Any, S],
        viewer: Viewer,
        *,
        known_revision: int | None,
        leave: "Callable[[Subscriber[S]], None]",
    ) -> None:
        self.source = source
        self.viewer = viewer
        self.is_over = False
        self.on_wake: Callable[[], None] | None = None
        self._known_revision = known_revision
        self._leave = leave
        self._step: int | None = None
        self._waiter: asyncio.Future[None] | None = None

    def wake(self) -> None:
        """Have the slot looked at."""
        if self.on_wake is not None:
            self.on_wake()
        elif self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def end(self) -> None:
        """Show nothing more."""
        self.is_over = True
        self.wake()

    def take(self) -> Showing[S] | None:
        """Return what is to be shown now, which counts as shown; None when there is nothing."""
        latest = self.source.latest
        if self.is_over or latest is None or latest.step == self._step:
            return None
        is_first, self._step = self._step is None, latest.step
        if not is_first:
            return Showing(latest, latest.reason)
        return None if latest.revision == self._known_revision else Showing(latest, ChangeReason.SNAPSHOT)

    async def next(self) -> Showing[S] | None:
        """Wait for what is to be shown next; None at the end."""
        while not self.is_over:
            if (showing := self.take()) is not None:
                return showing
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return None

    @property
    def is_one_of_many(self) -> bool:
        """Whether others watch the same."""
        return len(self.source.subscribers) > 1

    def told(self, showing: Showing[S]) -> S:
        """Return the state as it is shown, with the reason in it."""
        return self.source.feed.told(showing.event.state, showing.reason)

    def __aiter__(self) -> Self:
        """Iterate over the states."""
        return self

    async def __anext__(self) -> S:
        """Return the state to show next."""
        if (showing := await self.next()) is None:
            raise StopAsyncIteration
        return self.told(showing)

    def leave(self) -> None:
        """Leave; the last to leave closes the source."""
        self.end()
        self._leave(self)

    async def aclose(self) -> None:
        """Leave, as iterators do."""
        self.leave()
