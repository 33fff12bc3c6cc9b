"""A tracker's settings as a person gives them, and what makes them acceptable. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from models.errors import DomainError, EndBeforeBegin, EndDateRequired, Invalid, LimitTooLow
from models.spans import ONE_DAY, Span
from models.terms import END_TRIGGERS, TaskTrigger
from models.text import text_problems

MAX_LIMIT: Final = 100_000
MAX_NOTE: Final = 1000
MOST_PERIODS_BEHIND: Final = 1000
EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2999, 12, 31)
COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class TaskRule:
    """Who gets a task, and when it is created."""

    assignee_id: UUID
    trigger: TaskTrigger


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """Everything a person sets on a tracker but its place."""

    session_limit: int
    begin_date: date
    end_date: date | None
    note: str | None
    color: str
    auto_reset: bool
    task_rule: TaskRule | None

    @property
    def span(self) -> Span:
        """The days of the current period."""
        return Span(self.begin_date, self.end_date)

    def told(self) -> dict[str, object]:
        """Return the settings as history records them."""
        rule = self.task_rule
        return {
            "sessionLimit": self.session_limit,
            "beginDate": self.begin_date.isoformat(),
            "endDate": self.end_date and self.end_date.isoformat(),
            "note": self.note,
            "color": self.color,
            "autoReset": self.auto_reset,
            "taskRule": rule and {"assigneeId": str(rule.assignee_id), "trigger": rule.trigger},
        }

    @property
    def trigger(self) -> TaskTrigger | None:
        """When a task is created, if ever."""
        return self.task_rule.trigger if self.task_rule else None


def problems_of(settings: TrackerSettings) -> Sequence[DomainError]:
    """Return everything that is wrong with the settings, in the order of the fields."""
    problems: list[DomainError] = []
    if settings.session_limit < 1:
        problems.append(LimitTooLow("The session limit is at least 1.", path=["sessionLimit"]))
    elif settings.session_limit > MAX_LIMIT:
        problems.append(Invalid(f"The session limit is at most {MAX_LIMIT:,}.", path=["sessionLimit"]))
    problems += _date_problems(settings)
    problems += text_problems(settings.note, longest=MAX_NOTE, field="note", optional=True)
    if not COLOR.fullmatch(settings.color):
        problems.append(Invalid("A colour is written #RRGGBB, such as #3366CC.", path=["color"]))
    return problems


def backlog_problems(settings: TrackerSettings, *, today: date) -> Sequence[DomainError]:
    """Return what is wrong with settings that would have too many periods behind them at once."""
    if not settings.auto_reset or settings.end_date is None or settings.end_date >= today:
        return []
    periods = (today - settings.begin_date) // (settings.end_date - settings.begin_date + ONE_DAY)
    if periods <= MOST_PERIODS_BEHIND:
        return []
    told = f"{periods:,} periods would have passed: at most {MOST_PERIODS_BEHIND:,} fit, so begin later."
    return [Invalid(told, path=["beginDate"])]


def _date_problems(settings: TrackerSettings) -> list[DomainError]:
    problems: list[DomainError] = [
        Invalid(f"Dates lie between {EARLIEST} and {LATEST}.", path=[field])
        for field, day in (("beginDate", settings.begin_date), ("endDate", settings.end_date))
        if day is not None and not EARLIEST <= day <= LATEST
    ]
    if settings.end_date is None:
        if settings.auto_reset:
            problems.append(EndDateRequired("An automatic reset needs an end date.", path=["endDate"]))
        elif settings.trigger in END_TRIGGERS:
            problems.append(EndDateRequired("A task on the end date needs an end date.", path=["endDate"]))
    elif settings.end_date < settings.begin_date:
        problems.append(EndBeforeBegin("The end date is not before the begin date.", path=["endDate"]))
    return problems
