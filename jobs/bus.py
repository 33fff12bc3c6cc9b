"""The bus: carries hints from the relay to whoever has something open. One interface; here, within the process."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID


class Topic(NamedTuple):
    """What is listened to: one client of a practice, or all of them."""

    practice_id: UUID
    client_id: UUID | None


@dataclass(frozen=True, slots=True)
class Hint:
    """A client of a practice reached a revision. It carries no state: repeats and gaps are harmless."""

    client_id: UUID
    practice_id: UUID
    revision: int

    @property
    def topics(self) -> tuple[Topic, Topic]:
        """Where the hint is heard."""
        return Topic(self.practice_id, self.client_id), Topic(self.practice_id, None)


def client_topic(client_id: UUID, *, practice_id: UUID) -> Topic:
    """Return the topic of one client of the practice."""
    return Topic(practice_id, client_id)


def practice_topic(practice_id: UUID) -> Topic:
    """Return the topic of all clients of a practice."""
    return Topic(practice_id, None)


Listener = Callable[[Hint | None], None]
"""Told of each hint on its topic; of None when hints may have been lost. It must not block; repeats are harmless."""


class Bus(Protocol):
    """Carries hints, at least once, to those subscribed when they are published."""

    async def publish(self, hints: Iterable[Hint]) -> None:
        """Tell every listener on the hints' topics."""

    def subscribe(self, topic: Topic, listener: Listener) -> AbstractAsyncContextManager[None]:
        """Listen for the time of the block; on entry the subscription is confirmed."""

    def running(self) -> AbstractAsyncContextManager[None]:
        """Carry hints for the time of the block."""

    @property
    def carries(self) -> bool:
        """Whether hints arrive now; after an outage every listener is told that some may have been lost."""


class Listeners:
    """Who listens on which topic in this process."""

    def __init__(self) -> None:
        self._of: dict[UUID, dict[UUID | None, list[Listener]]] = {}

    def __iter__(self) -> Iterator[Topic]:
        """Return the topics on which somebody listens."""
        return iter([Topic(practice_id, client_id) for practice_id, of in self._of.items() for client_id in of])

    def tell(self, topic: Topic, hint: Hint | None) -> None:
        """Tell all who listen on a topic."""
        for listener in tuple(self._of.get(topic.practice_id, {}).get(topic.client_id, ())):
            listener(hint)

    def tell_of_loss(self, practice_id: UUID) -> None:
        """Tell all who listen on any topic of a practice that hints may have been lost."""
        for client_id in tuple(self._of.get(practice_id, ())):
            self.tell(Topic(practice_id, client_id), None)

    def add(self, topic: Topic, listener: Listener) -> None:
        """Listen from now on."""
        self._of.setdefault(topic.practice_id, {}).setdefault(topic.client_id, []).append(listener)

    def remove(self, topic: Topic, listener: Listener) -> None:
        """Listen no more."""
        of_practice = self._of[topic.practice_id]
        listeners = of_practice[topic.client_id]
        listeners.remove(listener)
        if not listeners:
            del of_practice[topic.client_id]
        if not of_practice:
            del self._of[topic.practice_id]


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
    async def subscribe(self, topic: Topic, listener: Listener) -> AsyncIterator[None]:
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
