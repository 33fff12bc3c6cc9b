"""Days of a practice: where midnight is ordinary, missing, repeated, or part of a day that never was."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.calendar import first_instant, local_date, zone_named, zone_names

MICROSECOND = timedelta(microseconds=1)
ZONE_NAMES = sorted(zone_names())

ORDINARY = [
    ("UTC", "2026-03-01", "2026-03-01T00:00Z"),
    ("Europe/Zurich", "2026-01-15", "2026-01-14T23:00Z"),
    ("Europe/Zurich", "2026-07-15", "2026-07-14T22:00Z"),
    ("Asia/Kathmandu", "2026-05-01", "2026-04-30T18:15Z"),
    ("Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00Z"),
    ("Pacific/Pago_Pago", "2026-01-01", "2026-01-01T11:00Z"),
]
CLOCKS_CHANGE_AFTER_MIDNIGHT = [
    ("Europe/Zurich", "2026-03-29", "2026-03-28T23:00Z"),
    ("Europe/Zurich", "2026-03-30", "2026-03-29T22:00Z"),
    ("Europe/Zurich", "2026-10-25", "2026-10-24T22:00Z"),
    ("Europe/Zurich", "2026-10-26", "2026-10-25T23:00Z"),
    ("America/St_Johns", "2011-03-13", "2011-03-13T03:30Z"),
    ("Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00Z"),
]
MIDNIGHT_MISSING = [
    ("America/Santiago", "2023-09-03", "2023-09-03T04:00Z"),
    ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00Z"),
    ("Asia/Beirut", "2022-03-27", "2022-03-26T22:00Z"),
    ("America/Havana", "2025-03-09", "2025-03-09T05:00Z"),
    ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00Z"),
    ("Atlantic/Azores", "2026-03-29", "2026-03-29T01:00Z"),
]
LAST_HOUR_REPEATED = [
    ("America/Santiago", "2024-04-07", "2024-04-07T04:00Z"),
    ("Africa/Cairo", "2024-11-01", "2024-10-31T22:00Z"),
    ("Asia/Beirut", "2022-10-30", "2022-10-29T22:00Z"),
    ("America/Nuuk", "2025-10-26", "2025-10-26T02:00Z"),
]
MIDNIGHT_REPEATED = [
    ("America/Havana", "2025-11-02", "2025-11-02T04:00Z"),
    ("America/St_Johns", "2010-11-07", "2010-11-07T02:30Z"),
]
GAP_BEGINS_BEFORE_MIDNIGHT = [
    ("America/Nuuk", "2025-03-30", "2025-03-30T01:00Z"),
    ("America/Toronto", "1919-03-31", "1919-03-31T04:30Z"),
]
DAY_LEFT_OUT = [
    ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00Z"),
    ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00Z"),
    ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00Z"),
    ("Pacific/Apia", "2012-01-01", "2011-12-31T10:00Z"),
    ("Pacific/Kwajalein", "1993-08-21", "1993-08-21T12:00Z"),
    ("Pacific/Kwajalein", "1993-08-22", "1993-08-21T12:00Z"),
]


@pytest.mark.parametrize(
    ("zone", "day", "instant"),
    [
        *ORDINARY,
        *CLOCKS_CHANGE_AFTER_MIDNIGHT,
        *MIDNIGHT_MISSING,
        *LAST_HOUR_REPEATED,
        *MIDNIGHT_REPEATED,
        *GAP_BEGINS_BEFORE_MIDNIGHT,
        *DAY_LEFT_OUT,
    ],
)
def test_a_day_begins_at_the_first_instant_that_shows_it_or_a_later_date(zone: str, day: str, instant: str) -> None:
    """Name the very instant, in every kind of night."""
    begun = first_instant(date.fromisoformat(day), zone=ZoneInfo(zone))

    assert begun == datetime.fromisoformat(instant)
    assert begun.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("Europe/Zurich", "2026-01-14T22:59:59.999999Z", "2026-01-14"),
        ("Europe/Zurich", "2026-01-14T23:00Z", "2026-01-15"),
        ("America/Santiago", "2023-09-03T03:59:59.999999Z", "2023-09-02"),
        ("America/Santiago", "2023-09-03T04:00Z", "2023-09-03"),
        ("America/Toronto", "1919-03-31T04:29:59.999999Z", "1919-03-30"),
        ("America/Toronto", "1919-03-31T04:30Z", "1919-03-31"),
        ("Pacific/Apia", "2011-12-30T09:59:59.999999Z", "2011-12-29"),
        ("Pacific/Apia", "2011-12-30T10:00Z", "2011-12-31"),
        ("America/St_Johns", "2010-11-07T02:30Z", "2010-11-07"),
        ("America/St_Johns", "2010-11-07T02:31Z", "2010-11-06"),
    ],
)
def test_an_instant_falls_on_the_date_the_zones_calendar_shows(zone: str, instant: str, day: str) -> None:
    """Show the date on the wall, also where it is shown twice."""
    assert local_date(datetime.fromisoformat(instant), zone=ZoneInfo(zone)) == date.fromisoformat(day)


def test_local_date_takes_instants_of_any_offset() -> None:
    """Tell instants apart, not the way they are written."""
    evening = datetime.fromisoformat("2026-01-14T18:30:00-05:00")

    assert local_date(evening, zone=ZoneInfo("Europe/Zurich")) == date(2026, 1, 15)


@given(zone=st.sampled_from(ZONE_NAMES), day=st.dates(date(1900, 1, 1), date(2999, 12, 31)))
@example(zone="Pacific/Apia", day=date(2011, 12, 30))
@example(zone="America/Toronto", day=date(1919, 3, 31))
@example(zone="Antarctica/Casey", day=date(2010, 3, 5))
def test_the_date_turns_at_the_first_instant(zone: str, day: date) -> None:
    """Hold the definition in any zone on any day."""
    place = ZoneInfo(zone)
    begun = first_instant(day, zone=place)

    assert local_date(begun - MICROSECOND, zone=place) < day <= local_date(begun, zone=place)


@given(zone=st.sampled_from(ZONE_NAMES), day=st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_no_earlier_instant_shows_the_day(zone: str, day: date) -> None:
    """Look back over a day and a half: clocks that are turned back do not make a day begin twice."""
    place = ZoneInfo(zone)
    begun = first_instant(day, zone=place)

    assert all(local_date(begun - n * timedelta(minutes=17), zone=place) < day for n in range(1, 128))


@given(zone=st.sampled_from(ZONE_NAMES), day=st.dates(date(1900, 1, 1), date(2999, 12, 30)))
def test_days_begin_in_order(zone: str, day: date) -> None:
    """Let no day begin before the one before it."""
    place = ZoneInfo(zone)

    assert first_instant(day, zone=place) <= first_instant(day + timedelta(days=1), zone=place)


def test_a_zone_is_found_by_its_iana_name() -> None:
    """Return the zone itself."""
    assert zone_named("America/Santiago") == ZoneInfo("America/Santiago")


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "europe/zurich", "../etc/passwd", "/UTC", "Europe"])
def test_a_name_that_is_no_zone_is_refused(name: str) -> None:
    """Refuse with the name in the message, and nothing else than ValueError."""
    with pytest.raises(ValueError, match="is not the name of an IANA time zone") as refused:
        zone_named(name)

    assert repr(name) in str(refused.value)


def test_a_leap_day_begins_at_its_midnight() -> None:
    """Know 29 February."""
    assert first_instant(date(2028, 2, 29), zone=ZoneInfo("UTC")) == datetime(2028, 2, 29, tzinfo=UTC)
