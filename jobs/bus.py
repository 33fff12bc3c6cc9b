"""The bus: carries hints from the relay to whoever has something open. One interface; here, within the process."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
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


Listener = Callable[[Hint | None], None]
"""Told of each hint on its topic; of None when hints may have been lost. It must not block; repeats are harmless."""


class Bus(Protocol):
    """Carries hints, at least once, to those subscribed when they are published."""

    async def publish(self, hints: Iterable[Hint]) -> None:
        """Tell every listener on the hints' topics."""

    def subscribe(self, topic: str, listener: Listener) -> AbstractAsyncContextManager[None]:
        """Listen for the time of the block; on entry the subscription is confirmed."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Carry hints for the time of the block."""

    @property
    def carries(self) -> bool:
        """Whether hints arrive now; after an outage every listener is told that some may have been lost."""


class Listeners:
    """Who listens on which topic in this process."""

    def __init__(self) -> None:
        self._of: dict[str, list[Listener]] = {}

    def __iter__(self) -> Iterator[str]:
        """Return the topics on which somebody listens."""
        return iter(list(self._of))

    def __contains__(self, topic: str) -> bool:
        """Tell whether somebody listens on a topic."""
        return topic in self._of

    def tell(self, topic: str, hint: Hint | None) -> None:
        """Tell all who listen on a topic."""
        for listener in tuple(self._of.get(topic, ())):
            listener(hint)

    def add(self, topic: str, listener: Listener) -> None:
        """Listen from now on."""
        self._of.setdefault(topic, []).append(listener)

    def remove(self, topic: str, listener: Listener) -> None:
        """Listen no more."""
        listeners = self._of[topic]
        listeners.remove(listener)
        if not listeners:
            del self._of[topic]


class InProcessBus:
    """The bus of a single process."""

    carries = True

    def __init__(self) -> None:
        self._listeners = Listeners()

    async def publish(self, hints: Iterable[Hint]) -> None:
        """Tell every listener on the hints' topics."""
        for hint in hints:
            for topic in hint.topics:
                self._listeners.tell(topic, hint)

    @asynccontextmanager
    async def subscribe(self, topic: str, listener: Listener) -> AsyncIterator[None]:
        """Listen for the time of the block."""
        self._listeners.add(topic, listener)
        try:
            yield
        finally:
            self._listeners.remove(topic, listener)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Need nothing to run."""
        yield
