"""Editing a tracker: its settings and current period, the count taken anew."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from models.access import Viewer
from models.books import standing_of, write_settings
from models.editing import edited
from models.errors import Conflict, OverlapsClosedPeriod, refuse
from models.history import record
from models.tasks import Task
from models.terms import TaskStatus
from models.tracker_settings import TrackerSettings, problems_of
from models.trackers import ClosedPeriod, Tracker
from models.unit_of_work import unit_of_work
from resolvers.permissions import Operation, authorize
from resolvers.trackers import check_assignee, check_backlog, edited_at, enter_tracker, settled


@dataclass(frozen=True, slots=True)
class TrackerChanges:
    """The settings that an edit names; `given` tells which, the others stay as they are."""

    given: frozenset[str]
    settings: TrackerSettings

    def on(self, row: Tracker) -> TrackerSettings:
        """Return the tracker's settings after the edit."""
        return replace(row.settings, **{name: getattr(self.settings, name) for name in self.given})


async def update(
    *, viewer: Viewer, tracker_id: UUID, changes: TrackerChanges, expected_updated_at: datetime | None, now: datetime
) -> Tracker:
    """Edit a tracker's current period and settings; the count is taken anew.

    Raises NotFound, TrackerRemoved, Conflict when somebody else edited since `expected_updated_at`,
    OverlapsClosedPeriod, and what `problems_of` finds.
    """
    authorize(viewer, Operation.UPDATE_TRACKER)

    async def work() -> Tracker:
        client, row = await enter_tracker(viewer, tracker_id, now=now)
        if expected_updated_at is not None and expected_updated_at != row.updated_at:
            raise Conflict("Somebody else edited this tracker: look at it again.", path=["expectedUpdatedAt"])
        known, settings = row.settings, changes.on(row)
        if settings == known:
            return row
        refuse(problems_of(settings))
        check_backlog(client, settings, now=now)
        await _check_begin(row, settings)
        if settings.task_rule != known.task_rule:
            await check_assignee(settings.task_rule, practice_id=client.practice_id)
        before = row.told()
        await _apply(row, settings, now=now)
        await record(row, "tracker.updated", actor=viewer.actor, at=now, before=before, after=row.told())
        return await settled(client, row, viewer, now=now, quiet=True)

    return await unit_of_work(work)


async def _apply(row: Tracker, settings: TrackerSettings, *, now: datetime) -> None:
    task = await Task.get_or_none(tracker_id=row.id, period_number=row.period_number)
    standing = edited(
        standing_of(row, task=task),
        session_limit=settings.session_limit,
        span=settings.span,
        auto_reset=settings.auto_reset,
        trigger=settings.trigger,
    )
    if task is not None and standing.task is not None:
        task.rearmed = standing.task.rearmed
        new_assignee = settings.task_rule is not None and settings.task_rule.assignee_id != row.task_assignee_id
        if new_assignee and settings.task_rule and task.status is not TaskStatus.OPEN:
            # Should it reopen, it is for the person whom the rule now names.
            task.assignee_id = settings.task_rule.assignee_id
        await task.save(update_fields=["rearmed", "assignee_id"])
    write_settings(row, settings, standing)
    row.updated_at = edited_at(row, now=now)
    await row.save()


async def _check_begin(row: Tracker, settings: TrackerSettings) -> None:
    last = await ClosedPeriod.filter(tracker_id=row.id).order_by("-number").first()
    if last is not None and settings.begin_date <= last.end_date:
        raise OverlapsClosedPeriod(
            f"The period before this one ended on {last.end_date}: begin later.", path=["beginDate"]
        )
