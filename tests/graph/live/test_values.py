"""A projection gives the values that graphql-core gives, and raises for what it cannot take."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from graphql import GraphQLError, Undefined, parse

from graph.live.fields import Unprojectable
from models.banner import Banner, BannerTracker
from models.terms import ChangeReason
from tests.graph.live.banner import EIGHT, of, seen
from tests.graph.live.documents import TRACKER
from tests.graph.live.projecting import compiled, executed, written

WHOLE = parse(
    f"""subscription {{ appointmentBanner(appointmentId: "abc") {{
        appointmentId clientId revision reason moreCount primary {{ note }} trackers {{ {" ".join(TRACKER)} }} }} }}"""
)


class Note(str):
    """A text of a type of its own."""

    __slots__ = ()


@pytest.mark.parametrize(
    "event",
    [
        of(note=Note("a")),
        of(note=3),
        of(note=2.5),
        of(used=True),
        of(used=3.0),
        of(used="3"),
        of(state="EXPIRED"),
        of(begin_date=datetime(2026, 3, 31, 9, 30, tzinfo=UTC)),
        of(color=Note("#000000")),
        seen(trackers=[EIGHT, EIGHT]),
    ],
)
def test_values_of_other_types_are_serialized_as_graphql_core_does(event: Banner) -> None:
    projection = compiled(WHOLE)
    expected = executed(WHOLE, event)
    assert projection is not None
    assert expected.errors is None
    assert written(projection(event)) == written(expected.data)


@pytest.mark.parametrize(
    "event",
    [
        None,
        Undefined,
        ValueError("an event"),
        seen(revision=None),
        seen(revision=2**31),
        seen(revision=-(2**31) - 1),
        seen(revision=1.5),
        seen(reason=None),
        seen(reason="NO_REASON"),
        seen(trackers=None),
        seen(trackers=(None,)),
        seen(trackers=(ValueError("a tracker"),)),
        seen(trackers="abc"),
        seen(trackers=3),
        of(note=Unprojectable("a note")),
        of(note=[]),
        of(session_number=2**31),
        of(color=None),
        of(begin_date=None),
        of(begin_date="2026-01-01"),
        of(end_date=3),
        of(tracker_id=None, state=object()),
    ],
)
def test_a_projection_raises_where_graphql_core_reports_an_error(event: object) -> None:
    projection = compiled(WHOLE)
    assert projection is not None
    assert executed(WHOLE, event).errors
    with pytest.raises((Unprojectable, GraphQLError, TypeError, AttributeError)):
        projection(event)


async def test_a_projection_raises_for_what_would_be_awaited() -> None:
    projection = compiled(WHOLE)
    assert projection is not None
    color: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    for event in (of(color=color), color, seen(trackers=(color,))):
        with pytest.raises(Unprojectable):
            projection(event)


def test_a_projection_leaves_an_iterator_untouched() -> None:
    projection = compiled(WHOLE)
    assert projection is not None
    trackers: Iterator[BannerTracker] = iter([EIGHT])
    with pytest.raises((Unprojectable, TypeError)):
        projection(_Passing(trackers))
    assert list(trackers) == [EIGHT]


@dataclass(frozen=True)
class _Passing:
    """A banner whose trackers can be read once."""

    trackers: Iterator[BannerTracker]
    appointment_id = client_id = UUID(int=1)
    revision = more_count = 1
    reason = ChangeReason.RESET
    primary = None
