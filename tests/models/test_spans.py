"""Spans of days: months, years and days that follow one another, always computed from the anchor."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.spans import Span, add_months, nth_after, whole_months

DAY = timedelta(days=1)

begins = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def span(text: str) -> Span:
    """Read a span written "2026-01-01..2026-01-31"; nothing after the dots is no end date."""
    begin, end = text.split("..")
    return Span(date.fromisoformat(begin), date.fromisoformat(end) if end else None)


@pytest.mark.parametrize(
    ("day", "held"),
    [("2026-01-09", False), ("2026-01-10", True), ("2026-01-15", True), ("2026-01-20", True), ("2026-01-21", False)],
)
def test_a_span_holds_both_its_ends(day: str, held: bool) -> None:
    """Include begin date and end date."""
    assert span("2026-01-10..2026-01-20").holds(date.fromisoformat(day)) is held


def test_a_span_without_an_end_holds_every_later_day() -> None:
    """Run on."""
    assert span("2026-01-10..").holds(date(2999, 12, 31))
    assert not span("2026-01-10..").holds(date(2026, 1, 9))


@pytest.mark.parametrize(
    ("text", "today", "over"),
    [
        ("2026-01-10..2026-01-20", "2026-01-20", False),
        ("2026-01-10..2026-01-20", "2026-01-21", True),
        ("2026-01-10..2026-01-20", "2026-01-01", False),
        ("2026-01-10..", "2999-12-31", False),
    ],
)
def test_a_span_is_over_on_the_day_after_its_end(text: str, today: str, over: bool) -> None:
    """End with the end date."""
    assert span(text).is_over(today=date.fromisoformat(today)) is over


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-15", 1, "2026-02-15"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2026-11-30", 0, "2026-11-30"),
        ("2026-11-30", 14, "2028-01-30"),
        ("1900-01-29", 1, "1900-02-28"),
        ("2000-01-30", 1, "2000-02-29"),
    ],
)
def test_months_on_keep_the_day_or_end_with_the_month(day: str, months: int, later: str) -> None:
    """Clamp to the month's last day."""
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(later)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("2026-01-01..2026-01-31", 1),
        ("2026-02-01..2026-02-28", 1),
        ("2028-02-01..2028-02-29", 1),
        ("2026-01-15..2026-02-14", 1),
        ("2026-01-01..2026-03-31", 3),
        ("2026-01-01..2026-12-31", 12),
        ("2028-01-01..2028-12-31", 12),
        ("2025-07-01..2027-06-30", 24),
        ("2026-01-31..2026-02-27", 1),
        ("2028-01-31..2028-02-28", 1),
        ("2026-01-31..2026-03-30", 2),
        ("2028-02-29..2029-02-27", 12),
        ("2026-01-01..2026-01-30", None),
        ("2028-02-01..2028-02-28", None),
        ("2026-01-31..2026-02-28", None),
        ("2026-01-15..2026-02-15", None),
        ("2026-01-15..2026-01-15", None),
        ("2026-01-15..2026-01-28", None),
        ("2026-01-15..", None),
    ],
)
def test_whole_months_end_the_day_before_the_day_they_began_on(text: str, months: int | None) -> None:
    """Tell months from days."""
    assert whole_months(span(text)) == months


@pytest.mark.parametrize(
    ("anchor", "following"),
    [
        (
            "2026-01-01..2026-01-31",
            ["2026-02-01..2026-02-28", "2026-03-01..2026-03-31", "2026-04-01..2026-04-30"],
        ),
        (
            "2026-01-31..2026-02-27",
            ["2026-02-28..2026-03-30", "2026-03-31..2026-04-29", "2026-04-30..2026-05-30", "2026-05-31..2026-06-29"],
        ),
        (
            "2027-12-30..2028-01-29",
            ["2028-01-30..2028-02-28", "2028-02-29..2028-03-29", "2028-03-30..2028-04-29"],
        ),
        (
            "2026-01-01..2026-12-31",
            ["2027-01-01..2027-12-31", "2028-01-01..2028-12-31", "2029-01-01..2029-12-31"],
        ),
        (
            "2028-02-29..2029-02-27",
            ["2029-02-28..2030-02-27", "2030-02-28..2031-02-27", "2031-02-28..2032-02-28", "2032-02-29..2033-02-27"],
        ),
        (
            "2026-08-31..2026-11-29",
            ["2026-11-30..2027-02-27", "2027-02-28..2027-05-30", "2027-05-31..2027-08-30"],
        ),
        (
            "2026-01-05..2026-01-18",
            ["2026-01-19..2026-02-01", "2026-02-02..2026-02-15"],
        ),
        (
            "2028-02-01..2028-02-28",
            ["2028-02-29..2028-03-27", "2028-03-28..2028-04-24"],
        ),
        (
            "2026-02-28..2026-02-28",
            ["2026-03-01..2026-03-01", "2026-03-02..2026-03-02"],
        ),
    ],
)
def test_spans_follow_from_the_anchor_and_are_never_chained(anchor: str, following: list[str]) -> None:
    """Return to the 31st after a shorter month, and keep a calendar year a calendar year."""
    assert [nth_after(span(anchor), n) for n in range(len(following) + 1)] == [span(anchor), *map(span, following)]


def test_a_span_without_an_end_has_no_successor() -> None:
    """Refuse to guess a length."""
    with pytest.raises(ValueError, match="has no successor"):
        nth_after(span("2026-01-01.."), 1)


@given(begin=begins, length=st.integers(0, 800), n=st.integers(0, 60))
@example(begin=date(2026, 1, 31), length=27, n=1)
def test_successive_spans_leave_no_gap_and_no_overlap(begin: date, length: int, n: int) -> None:
    """Let each begin the day after the one before it has ended."""
    anchor = Span(begin, begin + length * DAY)
    one, next_one = nth_after(anchor, n), nth_after(anchor, n + 1)

    assert one.end is not None
    assert next_one.end is not None
    assert next_one.begin == one.end + DAY
    assert next_one.end >= next_one.begin


@given(begin=begins, months=st.integers(1, 36), n=st.integers(0, 60))
@example(begin=date(2026, 1, 31), months=1, n=2)
def test_a_span_of_months_stays_one(begin: date, months: int, n: int) -> None:
    """Begin on the anchor's day wherever the month has it, and on its last day elsewhere."""
    anchor = Span(begin, add_months(begin, months) - DAY)
    later = nth_after(anchor, n)

    assert whole_months(anchor) == months
    assert (later.begin.year * 12 + later.begin.month) - (begin.year * 12 + begin.month) == n * months
    assert later.begin.day == begin.day or (later.begin.day < begin.day and (later.begin + DAY).day == 1)


@given(begin=begins, length=st.integers(0, 27), n=st.integers(0, 200))
def test_a_span_of_days_keeps_its_length(begin: date, length: int, n: int) -> None:
    """Keep the number of days, unless the anchor is a whole month."""
    anchor = Span(begin, begin + length * DAY)
    later = nth_after(anchor, n)

    assert later.end is not None
    if whole_months(anchor) is None:
        assert later.end - later.begin == length * DAY
        assert later.begin - begin == n * (length + 1) * DAY
