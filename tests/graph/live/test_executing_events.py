"""Events that graphql-core executes: once for many, again where something is away, never older than their state."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast
from uuid import UUID

import orjson
import strawberry
from strawberry.types.execution import PreExecutionError

from graph.context import Context
from graph.limits.documents import documents_of
from graph.live.plans import Plans
from graph.live.streams import MOST_PAYLOADS, Payload, Stream, Streams
from graph.live.turns import Turns
from jobs.bus import practice_topic
from models.access import Viewer
from models.limits import LimitSettings
from models.terms import ChangeReason, Role
from resolvers.live.feed import Reading
from resolvers.live.source import Moment, Source, Subscriber
from tests.resolvers.live.shelf import Shelf
from tests.ticking import Ticks, ticking

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


async def test_an_event_during_an_outage_is_shown_when_it_is_over() -> None:
    """It is not told as a failure, after which nothing would come until the next change."""
    streams, desk = Streams(SCHEMA), opened()
    stream = await begun(streams, desk)
    await executed(streams, stream)
    show(desk.source, 2)
    desk.troubles.append(ConnectionResetError("the database went away"))
    assert (await executed(streams, stream)).response == b'{"data":{"shown":{"number":2,"beside":2}}}'


async def test_a_fault_of_ours_is_told() -> None:
    """It would fail again."""
    streams, desk = Streams(SCHEMA), opened()
    stream = await begun(streams, desk)
    desk.troubles.append(ZeroDivisionError())
    payload = await executed(streams, stream)
    assert [(error.extensions or {})["code"] for error in payload.errors] == ["INTERNAL_SERVER_ERROR"]


async def test_an_event_that_takes_too_long_is_given_up() -> None:
    """With its code in the place of its data; the next is shown."""
    streams, desk = Streams(SCHEMA, seconds=SOON), opened()
    stream = await begun(streams, desk)
    desk.troubles.append(Stuck())
    told = {"data": None, "errors": [{"message": GIVEN_UP, "extensions": {"code": "TIMEOUT", "retryAfter": 5}}]}
    assert orjson.loads((await executed(streams, stream)).response) == told
    show(desk.source, 2)
    assert (await executed(streams, stream)).response == b'{"data":{"shown":{"number":2,"beside":2}}}'


async def test_a_subscription_that_does_not_begin_in_time_is_given_up() -> None:
    """Finding out who asks is part of it; nothing is watched."""
    streams, desk = Streams(SCHEMA, seconds=SOON), opened()
    desk.troubles.append(Stuck())
    plan = Plans(SCHEMA, documents_of(SCHEMA._schema, LimitSettings())).of(WATCH, None)
    assert plan is not None
    refused = await streams.begin(plan, None, cast("Context", desk))
    assert isinstance(refused, PreExecutionError)
    assert [error.formatted for error in refused.errors or []] == [
        {"message": GIVEN_UP, "extensions": {"code": "TIMEOUT", "retryAfter": 5}}
    ]
    assert not desk.source.subscribers


async def test_who_has_left_is_not_waited_for() -> None:
    """An outage does not keep what nobody watches."""
    streams, desk = Streams(SCHEMA), opened()
    stream = await begun(streams, desk)
    desk.troubles.append(ConnectionResetError("the database went away"))
    showing = stream.subscriber.take()
    assert showing is not None
    stream.subscriber.leave()
    assert (await streams.executed(stream, showing)).is_outage


async def test_those_who_are_shown_one_reading_share_what_is_read_beside_it() -> None:
    """For one event, and for several who join about now; a later reading never sees what was read before it."""
    streams, desk = Streams(SCHEMA), opened()
    first, second = await begun(streams, desk), await begun(streams, desk, WATCH.replace("number", "n: number"))
    await executed(streams, first)
    await executed(streams, second)
    assert len(desk.desks) == 1
    show(desk.source, 2)
    third = await begun(streams, desk)
    assert (await executed(streams, third)).response == b'{"data":{"shown":{"number":2,"beside":2}}}'
    assert (await executed(streams, first)).response == b'{"data":{"shown":{"number":2,"beside":2}}}'
    assert len(desk.desks) == 2


async def test_few_payloads_are_kept_of_an_event() -> None:
    """However many documents it is watched by."""
    streams, desk = Streams(SCHEMA), opened()
    for number in range(2 * MOST_PAYLOADS):
        stream = await begun(streams, desk, f"subscription {{ shown {{ a{number}: __typename }} }}")
        other = await begun(streams, desk)
        showing = stream.subscriber.take()
        assert showing is not None
        assert streams.at_once(stream, showing) is not None
        other.subscriber.leave()
        stream.subscriber.leave()
        assert len(showing.event.payloads) <= MOST_PAYLOADS


async def crowd_watching(streams: Streams, desk: Desk, size: int) -> list[Stream]:
    """Have so many watch the same by documents of their own."""
    return [await begun(streams, desk, WATCH.replace("number", f"n{each}: number")) for each in range(size)]


async def test_between_two_executions_everything_else_has_its_turn() -> None:
    """However many watch by documents of their own, each waits for the one before."""
    streams, desk = Streams(SCHEMA, turns=Turns(together=1)), opened()
    watching = await crowd_watching(streams, desk, 50)

    async def shown(stream: Stream, ticks: Ticks) -> int:
        await executed(streams, stream)
        return ticks.number

    async with ticking() as ticks:
        told_at = await asyncio.gather(*(shown(stream, ticks) for stream in watching))
    assert len(set(told_at)) == 50
    assert told_at == sorted(told_at)


async def test_what_nobody_waits_for_any_more_is_not_executed() -> None:
    """Who has left leaves their turn to the next; who comes back meanwhile is shown what there is."""
    streams, desk = Streams(SCHEMA, turns=Turns(together=1)), opened()
    first, gone, last = await crowd_watching(streams, desk, 3)
    desk.troubles += [ZeroDivisionError(), ZeroDivisionError()]
    waiting = [asyncio.ensure_future(executed(streams, each)) for each in (first, gone, last)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    payloads = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(each, asyncio.CancelledError) for each in payloads] == [False, True, False]
    assert desk.troubles == []
    again = await begun(streams, desk, WATCH.replace("number", "n1: number"))
    assert (await executed(streams, again)).response == b'{"data":{"shown":{"n1":1,"beside":1}}}'


async def test_what_is_over_is_not_waited_for() -> None:
    """A process that drains has done with all that waits in a few turns, without executing it."""
    streams, desk = Streams(SCHEMA, turns=Turns(together=1)), opened()
    watching = await crowd_watching(streams, desk, 10)
    desk.troubles += [ZeroDivisionError()] * 10
    waiting = [asyncio.ensure_future(executed(streams, each)) for each in watching]
    await asyncio.sleep(0)
    desk.source.end()
    payloads = await asyncio.gather(*waiting)
    assert [payload.response for payload in payloads] == [b'{"data":null}'] * 10
    assert len(desk.troubles) == 10
