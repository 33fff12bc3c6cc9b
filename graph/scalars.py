"""The API's scalars beyond GraphQL's own."""

import re
from datetime import UTC, date, datetime
from typing import NewType

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from models.calendar import zone_named
from models.tracker_settings import COLOR

Color = NewType("Color", str)
TimeZone = NewType("TimeZone", str)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _parse_date(value: object) -> date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise GraphQLError(f"A Date is written YYYY-MM-DD, such as 2026-03-31, not {value!r}.")


def _parse_moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise GraphQLError(f"A DateTime is written with its offset, such as 2026-03-31T09:30:00+02:00, not {value!r}.")


def _parse_color(value: object) -> Color:
    if isinstance(value, str) and COLOR.fullmatch(value):
        return Color(value.upper())
    raise GraphQLError(f"A Color is written #RRGGBB, such as #3366CC, not {value!r}.")


def _parse_zone(value: object) -> TimeZone:
    try:
        return TimeZone(zone_named(value if isinstance(value, str) else "").key)
    except ValueError as error:
        raise GraphQLError(str(error)) from error


CONFIG = StrawberryConfig(
    scalar_map={
        date: strawberry.scalar(
            name="Date",
            description="A calendar date, as ISO 8601: YYYY-MM-DD.",
            serialize=date.isoformat,
            parse_value=_parse_date,
        ),
        datetime: strawberry.scalar(
            name="DateTime",
            description="An instant, as RFC 3339 with its offset; answers are in UTC.",
            serialize=datetime.isoformat,
            parse_value=_parse_moment,
        ),
        Color: strawberry.scalar(name="Color", description="A colour, as #RRGGBB.", parse_value=_parse_color),
        TimeZone: strawberry.scalar(
            name="TimeZone", description="The IANA name of a time zone, such as Europe/Zurich.", parse_value=_parse_zone
        ),
    }
)
