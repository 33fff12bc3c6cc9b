"""The audit log: the practice's history as an administrator reads it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jobs.rollover import bring_practice_up_to_date
from models.access import Viewer, within
from models.errors import DomainError, Invalid, refuse
from models.excerpts import NEWEST_FIRST
from models.history import HistoryEntry
from models.paging import Page, read_page
from models.text import MAX_TEXT, text_problems
from resolvers.permissions import Operation, authorize


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to list: from `since` on, and before `until`; what is absent does not narrow."""

    subject_id: UUID | None = None
    client_id: UUID | None = None
    actor_id: UUID | None = None
    actor_label: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def page(
    *, viewer: Viewer, only: AuditFilter, first: int, after: str | None, now: datetime
) -> Page[HistoryEntry]:
    """Return the practice's history, newest first, all clients settled.

    Raises Invalid for a label that none can have.
    """
    authorize(viewer, Operation.AUDIT_LOG)
    refuse(_problems(only))
    await bring_practice_up_to_date(viewer.practice_id, now=now)
    rows = within(HistoryEntry, practice_id=viewer.practice_id)
    wanted = {
        "subject_id": only.subject_id,
        "client_id": only.client_id,
        "staff_member_id": only.actor_id,
        "actor": only.actor_label,
        "at__gte": only.since,
        "at__lt": only.until,
    }
    rows = rows.filter(**{column: value for column, value in wanted.items() if value is not None})
    return await read_page(rows, order=NEWEST_FIRST, first=first, after=after)


def _problems(only: AuditFilter) -> list[DomainError]:
    found = text_problems(only.actor_label, longest=MAX_TEXT, field="actorLabel", optional=True)
    return [Invalid(problem.message, path=["filter", *problem.path]) for problem in found]
