"""A desk at which a number is shown, and who watches it by way of graphql-core."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import UUID

import strawberry
from strawberry.types.execution import PreExecutionError

from graph.context import Context
from graph.limits.documents import documents_of
from graph.live.payloads import Payload
from graph.live.plans import Plans
from graph.live.streams import Stream, Streams
from jobs.bus import practice_topic
from models.access import Viewer
from models.limits import LimitSettings
from models.terms import ChangeReason, Role
from resolvers.live.feed import Reading
from resolvers.live.source import Moment, Source, Subscriber
from tests.resolvers.live.shelf import Shelf

WATCH: Final = "subscription { shown { number beside } }"
SOON: Final = 0.05
GIVEN_UP: Final = "This took more than 0.05 seconds and was given up. A change may have been made all the same."
VIEWER: Final = Viewer(UUID(int=1), Role.STAFF, "desk")


class Stuck(Exception):
    """A trouble that never ends."""


@dataclass
class Desk:
    """A context with the real interface, as far as events need it: each is given a desk of its own."""

    source: Source[str, int]
    troubles: list[Exception]
    desks: list["Desk"]
    viewer: Viewer = VIEWER

    async def for_operation(self) -> "Desk":
        """Return this one."""
        await trouble(self)
        return self

    def for_event(self) -> "Desk":
        """Return a new one."""
        desk = Desk(self.source, self.troubles, self.desks)
        self.desks.append(desk)
        return desk


async def trouble(desk: Desk) -> None:
    """Have the next of the desk's troubles, if there is one."""
    if desk.troubles:
        if isinstance(next_one := desk.troubles.pop(), Stuck):
            await asyncio.Event().wait()
        raise next_one


@strawberry.type
class Shown:
    """A number, and something that is read beside it."""

    @strawberry.field
    def number(self) -> int:
        return cast("int", self)

    @strawberry.field
    async def beside(self, info: strawberry.Info[Any, None]) -> int:
        await asyncio.sleep(0)
        await trouble(info.context)
        return int(info.context.source.latest.state)


def left(subscriber: Subscriber[int]) -> None:
    """Forget who has left."""
    subscriber.source.leave(subscriber)


@strawberry.type
class Query:
    """What a schema must have."""

    ready: bool = True


@strawberry.type
class Subscription:
    """The root."""

    @strawberry.subscription
    async def shown(self, info: strawberry.Info[Any, None]) -> AsyncIterator[Shown]:
        source: Source[str, int] = info.context.source
        subscriber = Subscriber(source, VIEWER, known_revision=None, leave=left)
        source.join(subscriber)
        return cast("AsyncIterator[Shown]", subscriber)


SCHEMA: Final = strawberry.Schema(query=Query, subscription=Subscription)


def show(source: Source[str, int], number: int) -> None:
    """Have the source show a number, read just now."""
    reading = Reading(number, number, ChangeReason.COMPLETION, practice_topic(VIEWER.practice_id))
    source.show(reading, moment=Moment(datetime.now(UTC)), missed=False)


def opened() -> Desk:
    """Return a desk at which the number 1 is shown."""
    source: Source[str, int] = Source(Shelf(), "name", practice_id=VIEWER.practice_id)
    show(source, 1)
    return Desk(source, [], [])


async def begun(streams: Streams, desk: Desk, query: str = WATCH) -> Stream:
    """Begin to watch."""
    plan = Plans(SCHEMA, documents_of(SCHEMA._schema, LimitSettings())).of(query, None)
    assert plan is not None
    stream = await streams.begin(plan, None, cast("Context", desk))
    assert not isinstance(stream, PreExecutionError)
    return stream


async def executed(streams: Streams, stream: Stream) -> Payload:
    """Execute what is to be shown next."""
    showing = stream.subscriber.take()
    assert showing is not None
    assert streams.at_once(stream, showing) is None
    return await streams.executed(stream, showing)
