"""Events that graphql-core executes: once for many, again where something is away, never older than their state."""

from typing import cast

import orjson
from strawberry.types.execution import PreExecutionError

from graph.context import Context
from graph.limits.documents import documents_of
from graph.live.payloads import MOST_PAYLOADS
from graph.live.plans import Plans
from graph.live.streams import Streams
from models.limits import LimitSettings
from tests.graph.live.desk import GIVEN_UP, SCHEMA, SOON, WATCH, Stuck, begun, executed, opened, show


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
