"""Trackers: set, remove, reorder; and the steps that an edit shares with them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from models.access import Viewer, find
from models.books import write_settings
from models.calendar import local_date, zone_named
from models.clients import Client
from models.constraints import TOO_MANY_TRACKERS
from models.errors import Invalid, TooManyTrackers, TrackerRemoved, refuse
from models.history import record
from models.identifiers import new_id
from models.ledger import enter, settle
from models.standing import Standing
from models.terms import ChangeReason, TrackerState
from models.tracker_settings import TaskRule, TrackerSettings, backlog_problems, problems_of
from models.trackers import MAX_TRACKERS, Tracker
from models.unit_of_work import unit_of_work
from resolvers.permissions import Operation, authorize
from resolvers.staff import active_staff_member

TICK: Final = timedelta(microseconds=1)


async def create(*, viewer: Viewer, client_id: UUID, settings: TrackerSettings, now: datetime) -> Tracker:
    """Set a tracker on a client, in the lowest free slot; sessions since its begin date count at once.

    Raises NotFound, TooManyTrackers, and what `problems_of` finds.
    """
    authorize(viewer, Operation.CREATE_TRACKER)
    refuse(problems_of(settings))

    async def work() -> Tracker:
        client = await enter(client_id, practice_id=viewer.practice_id, now=now)
        check_backlog(client, settings, now=now)
        await check_assignee(settings.task_rule, practice_id=client.practice_id)
        row = Tracker(
            id=new_id(now=now),
            practice_id=client.practice_id,
            client_id=client.id,
            slot=await _free_slot(client),
            created_at=now,
            updated_at=now,
        )
        write_settings(row, settings, _fresh(settings))
        await row.save(force_create=True)
        await record(row, "tracker.created", actor=viewer.actor, at=now, before=None, after=row.told())
        return await settled(client, row, viewer, now=now, quiet=True)

    return await unit_of_work(work)


async def remove(*, viewer: Viewer, tracker_id: UUID, now: datetime) -> Tracker:
    """Remove a tracker: it is shown no more, its slot is free, its history and tasks stay.

    Raises NotFound. Removing it again changes nothing.
    """
    authorize(viewer, Operation.REMOVE_TRACKER)

    async def work() -> Tracker:
        try:
            client, row = await enter_tracker(viewer, tracker_id, now=now)
        except TrackerRemoved:
            return await find(Tracker, tracker_id, practice_id=viewer.practice_id)
        before = row.told()
        row.state, row.removed_at, row.updated_at = TrackerState.REMOVED, now, edited_at(row, now=now)
        await row.save(update_fields=["state", "removed_at", "updated_at"])
        await record(row, "tracker.removed", actor=viewer.actor, at=now, before=before, after=None)
        return await settled(client, row, viewer, now=now)

    return await unit_of_work(work)


async def reorder(*, viewer: Viewer, client_id: UUID, tracker_ids: Sequence[UUID], now: datetime) -> Client:
    """Put the client's trackers into slots 1, 2, 3 … in the order given.

    Raises NotFound, and Invalid unless exactly the trackers that are not removed are named, each once.
    """
    authorize(viewer, Operation.REORDER_TRACKERS)

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
        await record(client, "trackers.reordered", actor=viewer.actor, at=now, before=before, after=after)
        await settle([client], now=now, because=ChangeReason.TRACKER_EDIT, actor=viewer.actor)
        return client

    return await unit_of_work(work)


async def enter_tracker(viewer: Viewer, tracker_id: UUID, *, now: datetime) -> tuple[Client, Tracker]:
    """Lock the tracker's client, settled, and read the tracker as it stands under that lock."""
    path = ("trackerId",)
    row = await find(Tracker, tracker_id, practice_id=viewer.practice_id, path=path)
    client = await enter(row.client_id, practice_id=viewer.practice_id, now=now)
    await row.refresh_from_db()
    if row.removed_at is not None:
        raise TrackerRemoved("This tracker was removed: set a new one.", path=path)
    return client, row


async def settled(client: Client, row: Tracker, viewer: Viewer, *, now: datetime, quiet: bool = False) -> Tracker:
    """Settle the client after a change of one of its trackers; return that one as it is then."""
    await settle(
        [client],
        now=now,
        because=ChangeReason.TRACKER_EDIT,
        actor=viewer.actor,
        quiet=[row.id] if quiet else [],
    )
    await row.refresh_from_db()
    return row


async def check_assignee(rule: TaskRule | None, *, practice_id: UUID) -> None:
    """Raise NotFound or InactiveStaffMember unless a rule's assignee can be given work."""
    if rule is not None:
        await active_staff_member(rule.assignee_id, practice_id=practice_id, path=("taskRule", "assigneeId"))


def check_backlog(client: Client, settings: TrackerSettings, *, now: datetime) -> None:
    """Raise Invalid for settings that would have too many periods behind them."""
    refuse(backlog_problems(settings, today=local_date(now, zone=zone_named(client.time_zone))))


def edited_at(row: Tracker, *, now: datetime) -> datetime:
    """Return the moment to record of an edit: now, and always later than the one before."""
    return max(now, row.updated_at + TICK)


def _fresh(settings: TrackerSettings) -> Standing:
    return Standing(
        session_limit=settings.session_limit,
        span=settings.span,
        auto_reset=settings.auto_reset,
        trigger=settings.trigger,
        anchor=settings.span,
    )


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
