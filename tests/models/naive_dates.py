"""Naive dates: months counted off one by one, midnights found by watching the clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


def months_spanned(*, begin: date, end: date) -> int | None:
    """Return how many whole calendar months the dates span, if they do."""
    months = 1
    while months_on(begin, months) - DAY < end:
        months += 1
    return months if months_on(begin, months) - DAY == end else None


def months_on(day: date, months: int) -> date:
    """Return the day so many months on, counting the month's names off one by one."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return next(date(year, month, number) for number in range(day.day, 0, -1) if exists(year, month, number))


def exists(year: int, month: int, day: int) -> bool:
    """Tell whether the calendar has such a date."""
    lengths = [31, 29 if leap(year) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return day <= lengths[month - 1]


def leap(year: int) -> bool:
    """Tell whether the year has a 29 February."""
    return year % 400 == 0 or (year % 4 == 0 and year % 100 != 0)


@cache
def midnight_of(day: date, *, zone: ZoneInfo) -> datetime:
    """Return the first quarter of an hour whose local date is the day or later."""
    return next(instant for instant in _quarters(day) if instant.astimezone(zone).date() >= day)


def _quarters(day: date) -> Iterator[datetime]:
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    while True:
        yield instant
        instant += QUARTER
