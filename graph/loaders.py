"""Batched reads: whatever a page asks for, each kind of thing is read once."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from strawberry.dataloader import DataLoader
from tortoise.models import Model

from models.access import within
from models.appointments import Appointment
from models.banner import Banner
from models.banners import read_banners
from models.clients import Client
from models.excerpts import EXCERPTS
from models.history import HistoryEntry
from models.pages_of_each import Portion
from models.paging import Page
from models.practices import Practice, StaffMember
from models.tasks import Task
from models.terms import ChangeReason
from models.trackers import ClosedPeriod, Tracker
from models.windows import WINDOWS, Window
from resolvers import practices
from resolvers.nodes import read_nodes

M = TypeVar("M", bound=Model)
K = TypeVar("K", bound=Hashable)


class Loaders:
    """The loaders of one operation, or of one event of a subscription; never shared between two."""

    def __init__(self, *, practice_id: UUID, now: datetime) -> None:
        self._practice_id = practice_id
        self.now = now
        self.clients: DataLoader[UUID, Client] = DataLoader(self._by_id(Client))
        self.staff: DataLoader[UUID, StaffMember] = DataLoader(self._by_id(StaffMember))
        self.trackers: DataLoader[UUID, Tracker] = DataLoader(self._by_id(Tracker))
        self.trackers_of_client: DataLoader[UUID, list[Tracker]] = DataLoader(self._trackers_of_clients)
        self.closed_periods: DataLoader[UUID, list[ClosedPeriod]] = DataLoader(self._closed_periods)
        self.tasks_of_client: DataLoader[UUID, list[Task]] = DataLoader(self._tasks_of_clients)
        self.task_of_period: DataLoader[tuple[UUID, int], Task | None] = DataLoader(self._tasks_of_periods)
        self.banners: DataLoader[Appointment, Banner] = DataLoader(self._banners, cache_key_fn=lambda row: row.id)
        self.appointments_of_client: DataLoader[Window, Page[Appointment]] = DataLoader(self._windows)
        self.history: DataLoader[Portion, Page[HistoryEntry]] = DataLoader(self._excerpts)
        self.clients_to_move: DataLoader[Practice, int] = DataLoader(
            self._clients_to_move, cache_key_fn=lambda row: row.id
        )
        self.nodes: DataLoader[tuple[type[Model], UUID], Model | None] = DataLoader(self._nodes)

    def _by_id(self, model: type[M]) -> Callable[[list[UUID]], Awaitable[Sequence[M]]]:
        async def load(ids: list[UUID]) -> Sequence[M]:
            rows = {row.pk: row for row in await within(model, practice_id=self._practice_id).filter(id__in=ids)}
            return [rows[key] for key in ids]

        return load

    async def _trackers_of_clients(self, ids: list[UUID]) -> list[list[Tracker]]:
        rows = within(Tracker, practice_id=self._practice_id).filter(client_id__in=ids, removed_at=None)
        return _grouped(await rows.order_by("slot"), ids, key=lambda row: row.client_id)

    async def _closed_periods(self, ids: list[UUID]) -> list[list[ClosedPeriod]]:
        rows = within(ClosedPeriod, practice_id=self._practice_id).filter(tracker_id__in=ids)
        return _grouped(await rows.order_by("-number"), ids, key=lambda row: row.tracker_id)

    async def _tasks_of_clients(self, ids: list[UUID]) -> list[list[Task]]:
        rows = within(Task, practice_id=self._practice_id).filter(client_id__in=ids)
        return _grouped(await rows.order_by("-created_at", "-id"), ids, key=lambda row: row.client_id)

    async def _tasks_of_periods(self, keys: list[tuple[UUID, int]]) -> list[Task | None]:
        wanted = {tracker_id for tracker_id, _ in keys}
        rows = await within(Task, practice_id=self._practice_id).filter(tracker_id__in=wanted)
        found = {(row.tracker_id, row.period_number): row for row in rows}
        return [found.get(key) for key in keys]

    async def _banners(self, appointments: list[Appointment]) -> list[Banner]:
        ids = [appointment.id for appointment in appointments]
        banners, _due = await read_banners(ids, practice_id=self._practice_id, now=self.now)
        return [replace(banners[appointment.id], reason=ChangeReason.SNAPSHOT) for appointment in appointments]

    async def _windows(self, windows: list[Window]) -> list[Page[Appointment]]:
        return await WINDOWS.read(windows, practice_id=self._practice_id)

    async def _excerpts(self, portions: list[Portion]) -> list[Page[HistoryEntry]]:
        return await EXCERPTS.read(portions, practice_id=self._practice_id)

    async def _clients_to_move(self, rows: list[Practice]) -> list[int]:
        """Count once for each practice: there is one, the viewer's, however often it is asked about."""
        return [await practices.clients_to_move(row) for row in rows]

    async def _nodes(self, keys: list[tuple[type[Model], UUID]]) -> list[Model | None]:
        return await read_nodes(keys, practice_id=self._practice_id)


def _grouped(rows: Sequence[M], keys: Sequence[K], *, key: Callable[[M], K]) -> list[list[M]]:
    groups: dict[K, list[M]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return [groups[wanted] for wanted in keys]
