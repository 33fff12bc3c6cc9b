"""Trackers: set, edit, remove, reorder."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from models.access import Viewer, find
from models.books import standing_of, write_standing
from models.calendar import local_date, zone_named
from models.clients import Client
from models.constraints import TOO_MANY_TRACKERS
from models.editing import edited
from models.errors import Conflict, Invalid, OverlapsClosedPeriod, TooManyTrackers, TrackerRemoved, refuse
from models.history import entry
from models.identifiers import new_id
from models.ledger import enter, settle
from models.practices import Practice
from models.standing import Standing
from models.tasks import Task
from models.terms import ChangeReason, TaskStatus, TrackerState
from models.tracker_settings import TaskRule, TrackerSettings, backlog_problems, problems_of
from models.trackers import MAX_TRACKERS, ClosedPeriod, Tracker
from models.unit_of_work import unit_of_work
from resolvers.permissions import Permission, authorize
from resolvers.staff import active_staff_member

TICK: Final = timedelta(microseconds=1)


async def create(*, viewer: Viewer, client_id: UUID, settings: TrackerSettings, now: datetime) -> Tracker:
    """Set a tracker on a client, in the lowest free slot; sessions since its begin date count at once.

    Raises NotFound, TooManyTrackers, and what `problems_of` finds.
    """
    authorize(viewer, Permission.WRITE_TRACKERS)
    refuse(problems_of(settings))

    async def work() -> Tracker:
        client = await enter(client_id, practice_id=viewer.practice_id, now=now)
        await _check_backlog(client, settings, now=now)
        await _check_assignee(settings.task_rule, practice_id=client.practice_id)
        row = Tracker(
            id=new_id(now=now),
            practice_id=client.practice_id,
            client_id=client.id,
            slot=await _free_slot(client),
            created_at=now,
            updated_at=now,
        )
        _write(row, settings, _fresh(settings))
        await row.save(force_create=True)
        await _note(row, viewer, "tracker.created", now=now, before=None, after=_told(row))
        return await _settled(client, row, viewer, now=now, quiet=True)

    return await unit_of_work(work)


@dataclass(frozen=True, slots=True)
class TrackerChanges:
    """The settings that an edit names; `given` tells which, the others stay as they are."""

    given: frozenset[str]
    settings: TrackerSettings

    def on(self, row: Tracker) -> TrackerSettings:
        """Return the tracker's settings after the edit."""
        return replace(settings_of(row), **{name: getattr(self.settings, name) for name in self.given})


async def update(
    *, viewer: Viewer, tracker_id: UUID, changes: TrackerChanges, expected_updated_at: datetime | None, now: datetime
) -> Tracker:
    """Edit a tracker's current period and settings; the count is taken anew.

    Raises NotFound, TrackerRemoved, Conflict when somebody else edited since `expected_updated_at`,
    OverlapsClosedPeriod, and what `problems_of` finds.
    """
    authorize(viewer, Permission.WRITE_TRACKERS)

    async def work() -> Tracker:
        client, row = await _enter(viewer, tracker_id, now=now)
        if expected_updated_at is not None and expected_updated_at != row.updated_at:
            raise Conflict("Somebody else edited this tracker: look at it again.", path=["expectedUpdatedAt"])
        known, settings = settings_of(row), changes.on(row)
        if settings == known:
            return row
        refuse(problems_of(settings))
        await _check_backlog(client, settings, now=now)
        await _check_begin(row, settings)
        if settings.task_rule != known.task_rule:
            await _check_assignee(settings.task_rule, practice_id=client.practice_id)
        before = _told(row)
        await _apply(row, settings, now=now)
        await _note(row, viewer, "tracker.updated", now=now, before=before, after=_told(row))
        return await _settled(client, row, viewer, now=now, quiet=True)

    return await unit_of_work(work)


async def remove(*, viewer: Viewer, tracker_id: UUID, now: datetime) -> Tracker:
    """Remove a tracker: it is shown no more, its slot is free, its history and tasks stay.

    Raises NotFound. Removing it again changes nothing.
    """
    authorize(viewer, Permission.WRITE_TRACKERS)

    async def work() -> Tracker:
        try:
            client, row = await _enter(viewer, tracker_id, now=now)
        except TrackerRemoved:
            return await find(Tracker, tracker_id, practice_id=viewer.practice_id)
        before = _told(row)
        row.state, row.removed_at, row.updated_at = TrackerState.REMOVED, now, _after(row, now=now)
        await row.save(update_fields=["state", "removed_at", "updated_at"])
        await _note(row, viewer, "tracker.removed", now=now, before=before, after=None)
        return await _settled(client, row, viewer, now=now)

    return await unit_of_work(work)


async def reorder(*, viewer: Viewer, client_id: UUID, tracker_ids: Sequence[UUID], now: datetime) -> Client:
    """Put the client's trackers into slots 1, 2, 3 … in the order given.

    Raises NotFound, and Invalid unless exactly the trackers that are not removed are named, each once.
    """
    authorize(viewer, Permission.WRITE_TRACKERS)

    async def work() -> Client:
        client = await enter(client_id, practice_id=viewer.practice_id, now=now)
        rows = {row.id: row for row in await Tracker.filter(client_id=client.id, removed_at=None)}
        if sorted(rows) != sorted(tracker_ids):
            raise Invalid("Name each of the client's trackers once, and no others.", path=["trackerIds"])
        before = {str(row.slot): str(row.id) for row in rows.values()}
        after = {str(slot): str(key) for slot, key in enumerate(tracker_ids, start=1)}
        if before == after:
            return client
        await _move([rows[key] for key in tracker_ids], now=now)
        await entry(
            practice_id=client.practice_id,
            client_id=client.id,
            subject_id=client.id,
            what="trackers.reordered",
            actor=viewer.actor,
            at=now,
            before=before,
            after=after,
        ).save(force_create=True)
        await settle([client], now=now, because=ChangeReason.TRACKER_EDIT, actor=viewer.actor)
        return client

    return await unit_of_work(work)


def settings_of(row: Tracker) -> TrackerSettings:
    """Return what a person has set on the tracker."""
    rule = None
    if row.task_trigger is not None and row.task_assignee_id is not None:
        rule = TaskRule(row.task_assignee_id, row.task_trigger)
    return TrackerSettings(
        session_limit=row.session_limit,
        begin_date=row.begin_date,
        end_date=row.end_date,
        note=row.note,
        color=row.color,
        auto_reset=row.auto_reset,
        task_rule=rule,
    )


async def _enter(viewer: Viewer, tracker_id: UUID, *, now: datetime) -> tuple[Client, Tracker]:
    """Lock the tracker's client, settled, and read the tracker as it stands under that lock."""
    path = ("trackerId",)
    row = await find(Tracker, tracker_id, practice_id=viewer.practice_id, path=path)
    client = await enter(row.client_id, practice_id=viewer.practice_id, now=now)
    await row.refresh_from_db()
    if row.removed_at is not None:
        raise TrackerRemoved("This tracker was removed: set a new one.", path=path)
    return client, row


async def _settled(client: Client, row: Tracker, viewer: Viewer, *, now: datetime, quiet: bool = False) -> Tracker:
    await settle(
        [client],
        now=now,
        because=ChangeReason.TRACKER_EDIT,
        actor=viewer.actor,
        quiet=[row.id] if quiet else [],
    )
    await row.refresh_from_db()
    return row


def _fresh(settings: TrackerSettings) -> Standing:
    return Standing(
        session_limit=settings.session_limit,
        span=settings.span,
        auto_reset=settings.auto_reset,
        trigger=settings.trigger,
        anchor=settings.span,
    )


def _write(row: Tracker, settings: TrackerSettings, standing: Standing) -> None:
    write_standing(row, standing)
    row.note, row.color = settings.note, settings.color.upper()
    row.task_assignee_id = settings.task_rule.assignee_id if settings.task_rule else None


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
    _write(row, settings, standing)
    row.updated_at = _after(row, now=now)
    await row.save()


async def _free_slot(client: Client) -> int:
    taken = {row.slot for row in await Tracker.filter(client_id=client.id, removed_at=None).only("slot")}
    free = [slot for slot in range(1, MAX_TRACKERS + 1) if slot not in taken]
    if not free:
        raise TooManyTrackers(TOO_MANY_TRACKERS, path=["clientId"])
    return free[0]


async def _move(rows: Sequence[Tracker], *, now: datetime) -> None:
    """Put the rows into slots 1, 2, 3 …; for a moment none holds a slot, so that no two ever hold the same."""
    await Tracker.filter(id__in=[row.id for row in rows]).update(removed_at=now)
    for slot, row in enumerate(rows, start=1):
        row.slot, row.removed_at = slot, None
        await row.save(update_fields=["slot", "removed_at"])


async def _check_assignee(rule: TaskRule | None, *, practice_id: UUID) -> None:
    if rule is not None:
        await active_staff_member(rule.assignee_id, practice_id=practice_id, path=("taskRule", "assigneeId"))


async def _check_backlog(client: Client, settings: TrackerSettings, *, now: datetime) -> None:
    practice = await Practice.get(id=client.practice_id)
    refuse(backlog_problems(settings, today=local_date(now, zone=zone_named(practice.time_zone))))


async def _check_begin(row: Tracker, settings: TrackerSettings) -> None:
    last = await ClosedPeriod.filter(tracker_id=row.id).order_by("-number").first()
    if last is not None and settings.begin_date <= last.end_date:
        raise OverlapsClosedPeriod(
            f"The period before this one ended on {last.end_date}: begin later.", path=["beginDate"]
        )


def _after(row: Tracker, *, now: datetime) -> datetime:
    return max(now, row.updated_at + TICK)


def _told(row: Tracker) -> dict[str, object]:
    settings = settings_of(row)
    told: dict[str, object] = {field.name: getattr(settings, field.name) for field in fields(settings)}
    told["begin_date"], told["end_date"] = str(settings.begin_date), settings.end_date and str(settings.end_date)
    rule = settings.task_rule
    told["task_rule"] = rule and {"assignee": str(rule.assignee_id), "trigger": rule.trigger}
    return {**told, "slot": row.slot}


async def _note(
    row: Tracker,
    viewer: Viewer,
    what: str,
    *,
    now: datetime,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> None:
    await entry(
        practice_id=row.practice_id,
        client_id=row.client_id,
        subject_id=row.id,
        what=what,
        actor=viewer.actor,
        at=now,
        before=before,
        after=after,
    ).save(force_create=True)
