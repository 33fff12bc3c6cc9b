"""Spans of days: the dates of a tracker's periods, computed from the anchor a person set."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

ONE_DAY = timedelta(days=1)


class Span(NamedTuple):
    """Begin date to end date, both days included; without an end date it runs on."""

    begin: date
    end: date | None

    def holds(self, day: date) -> bool:
        """Tell whether the day lies in the span."""
        return self.begin <= day and (self.end is None or day <= self.end)

    def is_over(self, *, today: date) -> bool:
        """Tell whether the span's last day is before today."""
        return self.end is not None and self.end < today


def add_months(day: date, months: int) -> date:
    """Return the same day of the month some months on, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def whole_months(span: Span) -> int | None:
    """Return how many whole calendar months the span lasts, or None when it is not a whole number.

    A whole number of months begins on day d and ends the day before day d, some months on.
    """
    if span.end is None:
        return None
    following = span.end + ONE_DAY
    months = (following.year - span.begin.year) * 12 + following.month - span.begin.month
    return months if add_months(span.begin, months) == following else None


@lru_cache(maxsize=4096)
def nth_after(anchor: Span, n: int) -> Span:
    """Return the n-th span after the anchor, of the same number of months or else of days.

    Always computed from the anchor, never chained: 31 January, 28 February, 31 March. The anchor needs an
    end date.
    """
    if anchor.end is None:
        raise ValueError("A span without an end date has no successor.")
    months = whole_months(anchor)
    if months is not None:
        begin, following = add_months(anchor.begin, n * months), add_months(anchor.begin, (n + 1) * months)
        return Span(begin, following - ONE_DAY)
    length = anchor.end - anchor.begin + ONE_DAY
    return Span(anchor.begin + n * length, anchor.end + n * length)
