"""Times with an offset, and times on the practice's own clocks."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from jobs.importing.times import check_length, instant_of, read_time
from models.calendar import zone_named
from models.errors import Invalid

START = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def instant(text: str, zone: str = "Europe/Zurich") -> str:
    """Return the UTC instant of a time as a file writes it."""
    return instant_of(read_time(text, column="starts_at"), zone=zone_named(zone), column="The start").isoformat()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-04T09:30", "2026-03-04T08:30:00+00:00"),
        ("2026-07-04 09:30:15", "2026-07-04T07:30:15+00:00"),
        ("2026-03-04T09:30Z", "2026-03-04T09:30:00+00:00"),
        ("2026-03-04T09:30:00.250-05:00", "2026-03-04T14:30:00.250000+00:00"),
        ("2026-03-04T09:30+0545", "2026-03-04T03:45:00+00:00"),
    ],
)
def test_an_offset_is_honoured_and_without_one_the_practice_s_clocks_hold(text: str, expected: str) -> None:
    """In winter and in summer."""
    assert instant(text) == expected


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    """Nobody can be there; the minutes around it exist."""
    with pytest.raises(Invalid) as refusal:
        instant("2026-03-29T02:30")
    assert str(refusal.value) == (
        "The start: 2026-03-29T02:30:00 does not exist in Europe/Zurich, where the clocks go forward."
    )
    assert instant("2026-03-29T01:59") == "2026-03-29T00:59:00+00:00"
    assert instant("2026-03-29T03:00") == "2026-03-29T01:00:00+00:00"


def test_a_day_that_a_zone_left_out_is_refused() -> None:
    """Apia went from 29 to 31 December 2011."""
    with pytest.raises(Invalid, match="does not exist in Pacific/Apia"):
        instant("2011-12-30T09:00", "Pacific/Apia")


def test_of_an_hour_that_repeats_the_first_is_meant() -> None:
    """An offset says otherwise."""
    assert instant("2026-10-25T02:30") == "2026-10-25T00:30:00+00:00"
    assert instant("2026-10-25T02:30+01:00") == "2026-10-25T01:30:00+00:00"


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/Zurich", date(2026, 3, 27)),
        ("Europe/Zurich", date(2026, 10, 23)),
        ("America/Santiago", date(2026, 9, 4)),
        ("Africa/Cairo", date(2026, 10, 28)),
        ("Australia/Lord_Howe", date(2026, 4, 3)),
        ("Pacific/Apia", date(2011, 12, 28)),
        ("Asia/Kathmandu", date(1985, 12, 30)),
    ],
)
def test_every_time_around_a_change_of_clocks_is_the_first_at_which_they_show_it(zone: str, first: date) -> None:
    """As walking through the instants tells; what the clocks never show is refused."""
    begin = datetime.combine(first, time(), tzinfo=UTC) - timedelta(days=1)
    minute, shown = timedelta(minutes=1), dict[datetime, datetime]()
    for passed in range(7 * 24 * 60):
        moment = begin + passed * minute
        shown.setdefault(moment.astimezone(zone_named(zone)).replace(tzinfo=None), moment)
    for passed in range(5 * 24 * 60):
        written = datetime.combine(first, time()) + passed * minute
        if written in shown:
            assert instant_of(written, zone=zone_named(zone), column="The start") == shown[written]
        else:
            with pytest.raises(Invalid, match="does not exist"):
                instant_of(written, zone=zone_named(zone), column="The start")


@pytest.mark.parametrize("text", ["1900-01-01T00:00+14:00", "2999-12-31T23:30-12:00"])
def test_the_years_hold_on_the_practice_s_calendar_too(text: str) -> None:
    """An offset does not smuggle an appointment past them."""
    with pytest.raises(Invalid, match=r"The start: an appointment lies between 1900-01-01 and 2999-12-31\."):
        instant(text)


def test_the_first_and_the_last_day_are_accepted() -> None:
    """Both ends are included."""
    assert instant("1900-01-01T00:00", "UTC") == "1900-01-01T00:00:00+00:00"
    assert instant("2999-12-31T23:59", "UTC") == "2999-12-31T23:59:00+00:00"


@pytest.mark.parametrize("minutes", [0, -1])
def test_an_appointment_ends_after_it_starts(minutes: int) -> None:
    """As in the API."""
    with pytest.raises(Invalid, match="The appointment ends after it starts, not before or at the same moment"):
        check_length(START, START + timedelta(minutes=minutes), longest=None)


def test_an_appointment_lasts_a_day_where_that_is_asked_for() -> None:
    """A day is allowed, a second more is not; a stay in hospital lasts as long as it lasts."""
    check_length(START, START + timedelta(days=1), longest=timedelta(days=1))
    check_length(START, START + timedelta(days=104), longest=None)
    with pytest.raises(Invalid, match="An appointment lasts at most a day"):
        check_length(START, START + timedelta(days=1, seconds=1), longest=timedelta(days=1))
