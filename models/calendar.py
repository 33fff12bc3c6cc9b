"""Days of a practice: which local date an instant falls on, and when a local date begins."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=4096)
def local_date(instant: datetime, *, zone: ZoneInfo) -> date:
    """Return the calendar date of an aware instant in the zone."""
    return instant.astimezone(zone).date()


@lru_cache(maxsize=4096)
def first_instant(day: date, *, zone: ZoneInfo) -> datetime:
    """Return the first UTC instant at which the zone's calendar shows `day` or a later date.

    Midnight may not exist (Santiago, Cairo and Beirut change their clocks at 24:00) and a whole day may
    be left out (Apia, 30 December 2011): the answer is then the instant of the change.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    if local_date(midnight - timedelta(microseconds=1), zone=zone) < day <= local_date(midnight, zone=zone):
        return midnight
    # A change of clocks that starts before midnight and ends after it: the date begins at the change.
    before, after = midnight - ONE_DAY, midnight + ONE_DAY
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        before, after = (before, middle) if local_date(middle, zone=zone) >= day else (middle, after)
    return after


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """Return the IANA zone of that name.

    Raises ValueError when there is none.
    """
    if name not in zone_names():
        raise ValueError(f"{name!r} is not the name of an IANA time zone, such as Europe/Zurich.")
    return ZoneInfo(name)


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return the names of all IANA time zones, the same on every machine."""
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())
