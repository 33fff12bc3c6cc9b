"""What the course machine may draw: places and times, dates near today, and the terms of a tracker."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from hypothesis import strategies as st

from models.terms import AppointmentStatus, TaskTrigger
from tests.models.naive import FIRED_BY_END, NaiveTerms
from tests.models.naive_dates import DAY, months_on

EVES = [
    ("UTC", date(2024, 2, 20)),
    ("Europe/Zurich", date(2026, 10, 20)),
    ("America/Santiago", date(2023, 8, 30)),
    ("America/Santiago", date(2024, 4, 2)),
    ("Asia/Beirut", date(2022, 3, 22)),
    ("Africa/Cairo", date(2024, 4, 22)),
    ("America/Havana", date(2025, 10, 30)),
    ("Pacific/Apia", date(2011, 12, 20)),
    ("Pacific/Apia", date(2011, 12, 29)),
    ("America/Nuuk", date(2025, 3, 25)),
    ("Pacific/Kiritimati", date(2023, 12, 29)),
]


@dataclass(frozen=True)
class Draft:
    """Terms of a tracker, its dates told from today on; `at_month_end` moves its begin to the last day of a month."""

    limit: int
    begin: int
    at_month_end: bool
    length: tuple[str, int] | None
    auto_reset: bool
    trigger: TaskTrigger | None

    def terms(self, *, today: date) -> NaiveTerms:
        """Return the terms as of today."""
        begin = today + self.begin * DAY
        if self.at_month_end:
            begin = begin.replace(day=1) - DAY
        return allowed(NaiveTerms(self.limit, begin, end_of(begin, self.length), self.auto_reset, self.trigger))


zones = st.sampled_from(sorted({name for name, _ in EVES}))
eves = st.sampled_from(EVES)
moments = st.builds(
    lambda eve, hour: (eve[0], datetime(eve[1].year, eve[1].month, eve[1].day, hour, 30, tzinfo=UTC)),
    eves,
    st.integers(0, 23),
)
picks = st.integers(0, 30)
near = st.integers(-8, 5)
offsets = near | st.integers(-60, 20)
limits = st.integers(1, 3)
lengths = (
    st.tuples(st.just("days"), st.integers(0, 20))
    | st.tuples(st.just("months"), st.integers(1, 2) | st.integers(3, 12))
    | st.none()
)
triggers = st.sampled_from([*TaskTrigger, *TaskTrigger, None])
statuses = st.sampled_from([AppointmentStatus.COMPLETED] * 3 + [*AppointmentStatus])
drafts = st.builds(
    Draft,
    limits,
    near | st.integers(-60, 12) | st.integers(-400, -60),
    st.booleans(),
    lengths,
    st.sampled_from([True, True, False]),
    triggers,
)


def end_of(begin: date, length: tuple[str, int] | None) -> date | None:
    """Return the last day of so many days or months from the begin date."""
    if length is None:
        return None
    unit, count = length
    return begin + count * DAY if unit == "days" else months_on(begin, count) - DAY


def allowed(terms: NaiveTerms) -> NaiveTerms:
    """Return the nearest terms that a tracker may have."""
    if terms.end is None:
        trigger = TaskTrigger.COUNT_REACHED if terms.trigger in FIRED_BY_END else terms.trigger
        return replace(terms, auto_reset=False, trigger=trigger)
    return replace(terms, end=max(terms.begin, terms.end))
