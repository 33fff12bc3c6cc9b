"""Times as files write them: with an offset, or on the practice's own clocks."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from models.appointments import length_problems
from models.errors import Invalid
from models.tracker_settings import EARLIEST, LATEST

HOUR: Final = timedelta(hours=1)
WRITTEN: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?", flags=re.ASCII
)


def read_time(text: str, *, column: str) -> datetime:
    """Return the date and time as written: aware when it has an offset, otherwise naive.

    Raises Invalid when it is not ISO 8601, or in no year from 1900 to 2999.
    """
    try:
        moment = datetime.fromisoformat(text if WRITTEN.fullmatch(text) else "")
    except ValueError:
        raise Invalid(f"{column}: {text[:40]!r} is not a date and time, such as 2026-03-04T09:30.") from None
    if not EARLIEST.year <= moment.year <= LATEST.year:
        raise Invalid(f"{column}: an appointment lies between {EARLIEST} and {LATEST}.")
    return moment


def instant_of(moment: datetime, *, zone: ZoneInfo, column: str) -> datetime:
    """Return the UTC instant; a naive time is on the clocks of the zone, the first of two where an hour repeats.

    Raises Invalid for a time that the clocks skip, and outside the days an appointment can lie on.
    """
    if moment.tzinfo is None and (offset := _steady_offset(moment.date(), zone)) is not None:
        return (moment - offset).replace(tzinfo=UTC)
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    instant = aware.astimezone(UTC)
    local = instant.astimezone(zone)
    if moment.tzinfo is None and local.replace(tzinfo=None) != moment:
        raise Invalid(f"{column}: {moment.isoformat()} does not exist in {zone.key}, where the clocks go forward.")
    if not EARLIEST <= local.date() <= LATEST:
        raise Invalid(f"{column}: an appointment lies between {EARLIEST} and {LATEST}.")
    return instant


@lru_cache(maxsize=4096)
def _steady_offset(day: date, zone: ZoneInfo) -> timedelta | None:
    """Return how far the zone's clocks are ahead of UTC from the beginning of this day of theirs to the end of it.

    None where they change, and at the ends of the calendar, so that each time is looked at by itself.
    """
    if not EARLIEST < day < LATEST:
        return None
    midnight = datetime.combine(day, time(), tzinfo=zone)
    offsets = {(midnight + hours * HOUR).replace(fold=fold).utcoffset() for hours in range(25) for fold in (0, 1)}
    return offsets.pop() if len(offsets) == 1 else None


def check_length(starts_at: datetime, ends_at: datetime, *, longest: timedelta | None) -> None:
    """Raise Invalid unless the appointment ends after it starts and lasts no longer than `longest`."""
    for problem in length_problems(starts_at, ends_at, longest=longest):
        raise Invalid(problem.message)
