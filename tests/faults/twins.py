"""Twins: clients on record, and naive ones that live the same lives; how the record differs from them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from models.clients import Client
from models.history import HistoryEntry
from models.outbox import OutboxHint
from models.set_aside import SetAside
from models.tasks import Task
from models.terms import TaskStatus
from models.trackers import ClosedPeriod, Tracker
from tests.models.naive import NaiveClient
from tests.models.views import ClosedView, TaskView, TrackerView

OPENED: Final = ("task.created", "task.reopened")


@dataclass(frozen=True, slots=True)
class Twin:
    """A client on record, and the naive one that lives the same life; trackers by their place in it."""

    client_id: UUID
    trackers: Sequence[UUID]
    naive: NaiveClient


async def differences(twins: Sequence[Twin]) -> list[str]:
    """Return how the record differs from the naive twins, and what happened twice or was lost on the way."""
    ids = {twin.client_id for twin in twins}
    views = await _views(ids)
    wrong = [
        f"tracker {tracker_id}: {views[tracker_id]} on record, right {right}"
        for twin in twins
        for slot, tracker_id in enumerate(twin.trackers, start=1)
        if views[tracker_id] != (right := twin.naive.view(key=slot))
    ]
    wrong += [f"{row.client_id} is set aside: {row.reason}" for row in await SetAside.filter(client_id__in=list(ids))]
    for what, subjects in (
        ("period.closed", [row.tracker_id for row in await ClosedPeriod.all() if row.tracker_id in views]),
        ("task.created", [row.id for row in await Task.all() if row.client_id in ids]),
    ):
        noted = [row.subject_id for row in await HistoryEntry.filter(what=what, client_id__in=list(ids))]
        if sorted(noted) != sorted(subjects):
            wrong.append(f"{len(noted)} times {what} in history, {len(subjects)} on record")
    revisions = defaultdict(list)
    for hint in await OutboxHint.filter(client_id__in=list(ids)).order_by("id"):
        revisions[hint.client_id].append(hint.revision)
    for client in await Client.filter(id__in=list(ids)):
        if revisions[client.id] != list(range(1, client.revision + 1)):
            wrong.append(f"client {client.id} is at {client.revision}, and was hinted at for {revisions[client.id]}")
    return wrong


async def _views(client_ids: set[UUID]) -> dict[UUID, TrackerView]:
    """Return the trackers as the naive twins tell theirs."""
    closed: dict[UUID, dict[int, ClosedView]] = defaultdict(dict)
    tasks: dict[UUID, dict[int, TaskView]] = defaultdict(dict)
    trackers = {row.id: row for row in await Tracker.filter(client_id__in=list(client_ids))}
    for period in await ClosedPeriod.all():
        closed[period.tracker_id][period.number] = ClosedView(
            period.begin_date, period.end_date, period.session_limit, period.used, period.closed_at
        )
    opened = {row.subject_id: row.at for row in await HistoryEntry.filter(what__in=OPENED).order_by("at")}
    for task in await Task.filter(client_id__in=list(client_ids)):
        moment = task.closed_at if task.status is TaskStatus.WITHDRAWN else opened[task.id]
        assert moment is not None, "a withdrawn task was closed"
        tasks[task.tracker_id][task.period_number] = TaskView(task.status, task.reason, moment)
    return {
        key: TrackerView(
            state=row.state,
            number=row.period_number,
            begin=row.begin_date,
            end=row.end_date,
            limit=row.session_limit,
            used=row.used,
            closed=closed[key],
            tasks=tasks[key],
        )
        for key, row in trackers.items()
    }
