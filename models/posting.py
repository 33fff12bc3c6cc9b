"""Posting: what a settled course changes on record, collected for many clients and saved in a few statements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from models.books import (
    SETTLED_COLUMNS,
    AnyClient,
    Book,
    ClosedPeriodRow,
    TaskRow,
    TrackerRow,
    write_standing,
)
from models.bulk import insert_rows, update_rows
from models.calendar import local_date
from models.clients import Client
from models.history import Actor, Entry, HistoryEntry, entry
from models.identifiers import new_id
from models.outbox import NewHint, OutboxHint
from models.settling import Closing, Course
from models.spans import Span
from models.standing import Standing, remaining, sessions_counted
from models.tasks import Task
from models.terms import ChangeReason, TaskReason, TaskStatus, TrackerState
from models.trackers import ClosedPeriod, Tracker

NAMES_IN_TITLES = 80


class Count(NamedTuple):
    """What history tells of a tracker's count."""

    used: int
    remaining: int
    state: TrackerState
    period: int


@dataclass(slots=True)
class Posting:
    """The rows that one settling writes."""

    actor: Actor
    trackers: list[TrackerRow] = field(default_factory=list)
    closed: list[ClosedPeriodRow] = field(default_factory=list)
    corrected: list[ClosedPeriodRow] = field(default_factory=list)
    new_tasks: list[TaskRow] = field(default_factory=list)
    tasks: list[TaskRow] = field(default_factory=list)
    clients: list[AnyClient] = field(default_factory=list)
    hints: list[NewHint] = field(default_factory=list)
    history: list[Entry] = field(default_factory=list)

    def add(self, book: Book, course: Course[UUID], *, now: datetime, because: ChangeReason | None) -> None:
        """Add what the course changes in the book. `because` is the change that was made; None when time alone did it.

        The client's revision grows when a change was made, when something was due, or when a count turned out wrong.
        """
        before = len(self.history)
        for closing in course.closings:
            self._close(book, closing)
        reset = {closing.tracker for closing in course.closings}
        for key, standing in course.standings.items():
            if standing != course.before[key] or not _is_told(book.trackers[key]):
                self._stand(book, book.trackers[key], standing, is_reset=key in reset, now=now)
        if course.task_moments:
            self._post_tasks(book, course)
        if book.closed:
            self._correct(book, now=now)
        client = book.client
        was_due = client.due_at is not None and client.due_at <= now
        visible = because is not None or was_due or len(self.history) > before
        if visible:
            client.revision += 1
            client.changed_because = because or _reason(course, expired=self._expired_since(before))
            self.hints.append(NewHint(client.id, client.practice_id, client.revision))
        if visible or client.due_at != course.due_at:
            client.due_at, client.settled_at = course.due_at, now
            self.clients.append(client)

    async def save(self) -> None:
        """Write everything that was added: one statement for each kind of row."""
        await insert_rows(ClosedPeriod, self.closed)
        await update_rows(Tracker, self.trackers, columns=SETTLED_COLUMNS)
        await update_rows(ClosedPeriod, self.corrected, columns=("used",))
        await insert_rows(Task, self.new_tasks)
        await update_rows(Task, self.tasks, columns=("status", "reason", "rearmed", "title", "closed_at"))
        await update_rows(Client, self.clients, columns=("revision", "changed_because", "due_at", "settled_at"))
        await insert_rows(HistoryEntry, self.history)
        await insert_rows(OutboxHint, self.hints)

    def _close(self, book: Book, closing: Closing[UUID]) -> None:
        tracker, period = book.trackers[closing.tracker], closing.standing
        assert period.span.end is not None, "only a period with an end date closes"
        self.closed.append(
            ClosedPeriodRow(
                id=new_id(now=closing.closed_at),
                practice_id=tracker.practice_id,
                tracker_id=tracker.id,
                number=period.number,
                begin_date=period.span.begin,
                end_date=period.span.end,
                session_limit=period.session_limit,
                used=period.used,
                closed_at=closing.closed_at,
            )
        )
        self._note(book, tracker.id, "period.closed", at=closing.closed_at, after=_told(period))

    def _stand(self, book: Book, tracker: TrackerRow, standing: Standing, *, is_reset: bool, now: datetime) -> None:
        """Save how the tracker stands; the end of a period has told already that the next begins with nothing used."""
        before = None if is_reset else _count_of(tracker)
        write_standing(tracker, standing)
        self.trackers.append(tracker)
        after = _count_of(tracker)
        if before is None:
            before = Count(0, tracker.session_limit, TrackerState.ACTIVE, tracker.period_number)
        if after != before:
            expired = after.state is TrackerState.EXPIRED and before.state is not TrackerState.EXPIRED
            what = "tracker.expired" if expired else "tracker.counted"
            self._note(book, tracker.id, what, at=now, before=before._asdict(), after=after._asdict())

    def _post_tasks(self, book: Book, course: Course[UUID]) -> None:
        periods = [(closing.tracker, closing.standing) for closing in course.closings]
        for key, standing in (*periods, *course.standings.items()):
            moment = course.task_moments.get((key, standing.number))
            if moment is not None:
                self._post_task(book, book.trackers[key], standing, moment=moment)

    def _post_task(self, book: Book, tracker: TrackerRow, period: Standing, *, moment: datetime) -> None:
        assert period.task is not None, "a task is never unmade"
        row = book.tasks.get(tracker.id)
        if row is None or row.period_number != period.number:
            row = self._new_task(book, tracker, period, moment=moment)
            self.new_tasks.append(row)
            what, before = "task.created", None
        else:
            before = {"status": row.status, "reason": row.reason}
            what = "task.withdrawn" if period.task.status is TaskStatus.WITHDRAWN else "task.reopened"
            self.tasks.append(row)
        changed = row.status is not period.task.status
        if changed and period.task.status is TaskStatus.OPEN:
            row.title = _title(book.client, tracker, period)
        row.status, row.reason, row.rearmed = period.task.status, period.task.reason, period.task.rearmed
        if changed:
            row.closed_at = moment if row.status is TaskStatus.WITHDRAWN else None
        if before is None or changed:
            after = {"status": row.status, "reason": row.reason, "period": row.period_number}
            self._note(book, row.id, what, at=moment, before=before, after=after)

    def _new_task(self, book: Book, tracker: TrackerRow, period: Standing, *, moment: datetime) -> TaskRow:
        assert period.task is not None, "the rule made it"
        assert tracker.task_assignee_id is not None, "a task rule names its assignee"
        return TaskRow(
            id=new_id(now=moment),
            practice_id=tracker.practice_id,
            client_id=tracker.client_id,
            tracker_id=tracker.id,
            period_number=period.number,
            title=_title(book.client, tracker, period),
            assignee_id=tracker.task_assignee_id,
            reason=period.task.reason,
            status=period.task.status,
            rearmed=period.task.rearmed,
            created_at=moment,
            closed_at=None,
        )

    def _correct(self, book: Book, *, now: datetime) -> None:
        today = local_date(now, zone=book.zone)
        for period in book.closed:
            span = Span(period.begin_date, period.end_date)
            used = sessions_counted(book.days.completed, span=span, today=today)
            if used != period.used:
                before = {"used": period.used, "period": period.number}
                after = {"used": used, "period": period.number}
                self._note(book, period.tracker_id, "period.corrected", at=now, before=before, after=after)
                period.used = used
                self.corrected.append(period)

    def _note(
        self,
        book: Book,
        subject_id: UUID,
        what: str,
        *,
        at: datetime,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        self.history.append(
            entry(
                practice_id=book.client.practice_id,
                client_id=book.client.id,
                subject_id=subject_id,
                what=what,
                actor=self.actor,
                at=at,
                before=before,
                after=after,
            )
        )

    def _expired_since(self, mark: int) -> bool:
        return any(noted.what == "tracker.expired" for noted in self.history[mark:])


def _reason(course: Course[UUID], *, expired: bool) -> ChangeReason:
    if course.closings:
        return ChangeReason.RESET
    return ChangeReason.EXPIRY if expired else ChangeReason.NEW_DAY


def _is_told(tracker: TrackerRow) -> bool:
    """Tell whether what is kept beside the count, for lists to be ordered by, agrees with it."""
    return tracker.remaining == remaining(session_limit=tracker.session_limit, used=tracker.used)


def _count_of(tracker: TrackerRow) -> Count:
    return Count(tracker.used, tracker.remaining, tracker.state, tracker.period_number)


def _told(period: Standing) -> dict[str, object]:
    return {
        "period": period.number,
        "begin": period.span.begin.isoformat(),
        "end": period.span.end and period.span.end.isoformat(),
        "limit": period.session_limit,
        "used": period.used,
    }


def _title(client: AnyClient, tracker: TrackerRow, period: Standing) -> str:
    assert period.task is not None, "a title is for a task"
    if period.task.reason is TaskReason.COUNT_REACHED:
        cause = f"session limit of {period.session_limit} reached"
    else:
        assert period.span.end is not None, "an end date has fired"
        cause = f"end date {period.span.end.isoformat()} reached"
    note = f" ({tracker.note[:NAMES_IN_TITLES]})" if tracker.note else ""
    return f"{client.name[:NAMES_IN_TITLES]}: {cause}{note}"
