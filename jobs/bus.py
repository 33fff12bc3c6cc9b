"""The bus: carries hints from the relay to whoever has something open. One interface; here, within the process."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Hint:
    """A client of a practice reached a revision. It carries no state: repeats and gaps are harmless."""

    client_id: UUID
    practice_id: UUID
    revision: int

    @property
    def topics(self) -> tuple[str, str]:
        """Where the hint is heard."""
        return client_topic(self.client_id), practice_topic(self.practice_id)


def client_topic(client_id: UUID) -> str:
    """Return the topic of one client."""
    return f"client:{client_id}"


def practice_topic(practice_id: UUID) -> str:
    """Return the topic of all clients of a practice."""
    return f"practice:{practice_id}"


class Wakeups:
    """One subscriber's dirty slot: however many hints came since it last looked, it wakes once.

    There is no queue: what is read after waking is the newest state. `missed` tells that hints may have been lost
    since, so that what follows is a resync.
    """

    def __init__(self) -> None:
        self._dirty = asyncio.Event()
        self.missed = False

    def wake(self, *, missed: bool = False) -> None:
        """Mark the slot dirty."""
        self.missed = self.missed or missed
        self._dirty.set()

    async def wait(self) -> bool:
        """Wait until the slot is dirty and clean it; return whether hints may have been lost."""
        await self._dirty.wait()
        self._dirty.clear()
        missed, self.missed = self.missed, False
        return missed


class Bus(Protocol):
    """Carries hints, at least once, to those subscribed when they are published."""

    async def publish(self, hints: Iterable[Hint]) -> None:
        """Wake every subscriber of the hints' topics."""

    def subscribe(self, topic: str) -> AbstractAsyncContextManager[Wakeups]:
        """Subscribe for the time of the block; on entry the subscription is confirmed."""


class Subscribers:
    """Who listens on which topic in this process."""

    def __init__(self) -> None:
        self._wakeups: dict[str, set[Wakeups]] = {}

    def __len__(self) -> int:
        """Return on how many topics somebody listens."""
        return len(self._wakeups)

    def count(self, topic: str) -> int:
        """Return how many listen on a topic."""
        return len(self._wakeups.get(topic, ()))

    def wake(self, topic: str, *, missed: bool = False) -> None:
        """Wake all who listen on a topic."""
        for wakeups in self._wakeups.get(topic, ()):
            wakeups.wake(missed=missed)

    @contextmanager
    def listening(self, topic: str) -> Iterator[Wakeups]:
        """Listen for the time of the block."""
        wakeups = Wakeups()
        self._wakeups.setdefault(topic, set()).add(wakeups)
        try:
            yield wakeups
        finally:
            others = self._wakeups[topic]
            others.discard(wakeups)
            if not others:
                del self._wakeups[topic]


class InProcessBus:
    """The bus of a single process."""

    def __init__(self) -> None:
        self._subscribers = Subscribers()

    async def publish(self, hints: Iterable[Hint]) -> None:
        """Wake every subscriber of the hints' topics."""
        for hint in hints:
            for topic in hint.topics:
                self._subscribers.wake(topic)

    @asynccontextmanager
    async def subscribe(self, topic: str) -> AsyncIterator[Wakeups]:
        """Subscribe for the time of the block."""
        with self._subscribers.listening(topic) as wakeups:
            yield wakeups
