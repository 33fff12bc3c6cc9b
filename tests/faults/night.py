"""A big night under faults: clients long due, and workers and a database that are killed while they are settled.

What is on record at the end is held against a naive twin of each client, which lived through every day.
"""

import asyncio
import signal
import subprocess
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from jobs.rollover import count_due
from models.appointments import Appointment
from models.books import write_settings
from models.bulk import insert_rows
from models.calendar import local_date
from models.clients import Client
from models.database import connected
from models.history import HistoryEntry
from models.identifiers import new_id
from models.ledger import lock, settle
from models.outages import outage_of
from models.outbox import OutboxHint
from models.practices import StaffMember
from models.set_aside import SetAside
from models.spans import Span
from models.standing import Standing
from models.tasks import Task
from models.terms import AppointmentStatus, ChangeReason, Role, TaskStatus, TaskTrigger
from models.tracker_settings import TaskRule, TrackerSettings
from models.trackers import ClosedPeriod, Tracker
from models.unit_of_work import unit_of_work
from resolvers import practices, staff
from tests.cli.tool import SCRIPT
from tests.faults.parts import Part, Postgres, Server
from tests.faults.practice import ACTOR
from tests.models.naive import NaiveClient, NaiveTerms
from tests.models.views import ClosedView, TaskView, TrackerView

ZONES: Final = ("Europe/Zurich", "America/Santiago", "Pacific/Auckland")
LAST_SETTLED: Final = timedelta(days=40)
"""For so long nobody has settled anything."""
DAY: Final = timedelta(days=1)
BATCH: Final = 500
LONGEST_CALM_SECONDS: Final = 0.4
END_SECONDS: Final = 120.0
LONGEST_PAUSE_SECONDS: Final = 7.0
APART: Final = timedelta(seconds=5)
OPENED: Final = ("task.created", "task.reopened")


class Fate(StrEnum):
    """What happens meanwhile."""

    WORKER_KILLED = "worker killed"
    DATABASE_KILLED = "database killed"
    WORKER_PAUSED = "worker paused"
    ANOTHER_CLOCK = "pass by another clock"


class Worker(Part):
    """One process of `session-tracker worker`."""

    def __init__(self, place: int, folder: Path, *, database_url: str) -> None:
        super().__init__(f"worker-{place}", folder)
        self._server = Server(place, folder, database_url=database_url, redis_url=None)
        self._said = 0

    def is_ready(self) -> bool:
        """Tell whether it has said that it settles."""
        return self._said < self._times_said()

    def environment(self) -> dict[str, str]:
        """Return what its process is told."""
        return self._server.environment()

    def pause(self, seconds: float) -> None:
        """Have it stand still, wherever it is, for so long."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)
            time.sleep(seconds)
            self._process.send_signal(signal.SIGCONT)

    def _times_said(self) -> int:
        return self.log.read_text(errors="replace").count("settles what is due") if self.log.exists() else 0

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._said = self._times_said()
        return self._launch([SCRIPT, "worker"], self.environment())


@dataclass(frozen=True, slots=True)
class Twin:
    """A client on record, and the naive one that lives the same life; trackers by their place in it."""

    client_id: UUID
    trackers: Sequence[UUID]
    naive: NaiveClient


class Night:
    """An installation of a database and one worker or two, on which one night after the other is got through."""

    def __init__(self, folder: Path) -> None:
        self.postgres = Postgres(folder)
        self.postgres.start()
        Server(0, folder, database_url=self.postgres.url, redis_url=None).migrate()
        self.broken: Counter[str] = Counter()
        self.workers = [Worker(place, folder, database_url=self.postgres.url) for place in range(2)]

    async def get_through(self, seed: int, *, clients: int) -> list[str]:
        """Have the workers settle as many clients while parts break as the seed draws; return what turned out wrong."""
        random, self.broken = Random(seed), Counter()
        async with connected(self.postgres.url):
            twins = await settle_in(random, clients=clients)
            self._at_work = self.workers[: random.choice((1, 2))]
            for worker in self._at_work:
                await asyncio.to_thread(worker.start)
            await self._break_parts_until_nobody_is_due(random)
            now = datetime.now(UTC)
            for worker in self._at_work:
                await asyncio.to_thread(worker.drain)
            for twin in twins:
                twin.naive.live_until(now=now)
            return await differences(twins)

    async def _break_parts_until_nobody_is_due(self, random: Random) -> None:
        ends = time.monotonic() + END_SECONDS
        while True:
            await asyncio.sleep(random.uniform(0, LONGEST_CALM_SECONDS))
            await asyncio.to_thread(self._break_one, random)
            if not await self._is_somebody_due():
                return
            if time.monotonic() > ends:
                raise TimeoutError("\n".join(["The workers come to no end.", *(each.tail() for each in self.workers)]))

    async def _is_somebody_due(self) -> bool:
        """Tell whether there is work left; it is not known over a connection that the database lost when killed."""
        try:
            return bool(await count_due(now=datetime.now(UTC)))
        except Exception as error:
            if outage_of(error) is None:
                raise
            return True

    def _break_one(self, random: Random) -> None:
        worker = random.choice(self._at_work)
        [fate] = random.choices(list(Fate), weights=[5, 2, 1, 2])
        self.broken[fate] += 1
        if fate is Fate.WORKER_KILLED:
            worker.kill()
            worker.start()
        elif fate is Fate.DATABASE_KILLED:
            self.postgres.kill()
            self.postgres.start()
        elif fate is Fate.WORKER_PAUSED:
            worker.pause(random.uniform(0.5, LONGEST_PAUSE_SECONDS))
        else:
            self._roll_over_by_another_clock(worker)

    def _roll_over_by_another_clock(self, worker: Worker) -> None:
        """Do one pass beside the workers, by a clock that is some seconds behind theirs."""
        as_of = (datetime.now(UTC) - APART).isoformat()
        subprocess.run(
            [SCRIPT, "rollover", "--as-of", as_of],
            env=worker.environment(),
            capture_output=True,
            check=True,
            timeout=60,
        )


@contextmanager
def night(folder: Path) -> Iterator[Night]:
    """Run the installation for the time of the block."""
    installation = Night(folder)
    try:
        yield installation
    finally:
        for worker in installation.workers:
            worker.kill()
        installation.postgres.remove()


async def settle_in(random: Random, *, clients: int) -> list[Twin]:
    """Set up practices as they were left when somebody last settled; everybody's next day is long past."""
    now = datetime.now(UTC) - LAST_SETTLED
    twins = []
    for zone in ZONES:
        practice = await practices.create(name=zone, time_zone=zone, actor=ACTOR, now=now)
        assignee = await staff.add(
            practice_id=practice.id, actor=ACTOR, name="Nora", email="nora@harbour.example", role=Role.ADMIN, now=now
        )
        twins += await _settle_in(random, assignee, zone=ZoneInfo(zone), clients=clients // len(ZONES), now=now)
    return twins


async def _settle_in(
    random: Random, assignee: StaffMember, *, zone: ZoneInfo, clients: int, now: datetime
) -> list[Twin]:
    twins, rows, appointments, trackers = list[Twin](), list[Client](), list[Appointment](), list[Tracker]()
    for number in range(clients):
        row = Client(id=new_id(now=now), practice_id=assignee.practice_id, name=f"Client {number}", created_at=now)
        booked = [_appointment(random, row, zone=zone, now=now) for _ in range(random.randrange(8))]
        naive = NaiveClient(zone, now, {key: (each.service_date, each.status) for key, each in enumerate(booked)})
        own = []
        for slot in range(1, random.randrange(2, 5)):
            settings = _settings(random, assignee.id, today=naive.today)
            own.append(_tracker(row, settings, slot=slot, now=now))
            naive.create(key=slot, terms=_terms(settings))
        rows.append(row)
        appointments += booked
        trackers += own
        twins.append(Twin(row.id, [each.id for each in own], naive))
    for model, table in ((Client, rows), (Appointment, appointments), (Tracker, trackers)):
        await insert_rows(model, table)
    quiet = [each.id for each in trackers]
    for start in range(0, len(rows), BATCH):
        ids = [each.id for each in rows[start : start + BATCH]]

        async def work(ids: Sequence[UUID] = ids) -> None:
            await settle(await lock(ids), now=now, because=ChangeReason.TRACKER_EDIT, actor=ACTOR, quiet=quiet)

        await unit_of_work(work)
    return twins


def _appointment(random: Random, client: Client, *, zone: ZoneInfo, now: datetime) -> Appointment:
    row = Appointment(
        id=new_id(now=now),
        practice_id=client.practice_id,
        client_id=client.id,
        status=random.choice((AppointmentStatus.COMPLETED, AppointmentStatus.COMPLETED, AppointmentStatus.SCHEDULED)),
        created_at=now,
    )
    day = local_date(now, zone=zone) + random.randrange(-40, 60) * DAY
    starts_at = datetime.combine(day, day_time(random.randrange(24)), tzinfo=zone).astimezone(UTC)
    row.place(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45), zone=zone)
    return row


def _settings(random: Random, assignee_id: UUID, *, today: date) -> TrackerSettings:
    begin = today + random.randrange(-30, 10) * DAY
    end = max(begin, today) + random.choice((0, 6, 13, 29, 30)) * DAY if random.random() < 0.85 else None
    triggers = [None, TaskTrigger.COUNT_REACHED]
    if end is not None:
        triggers += [TaskTrigger.END_DATE, TaskTrigger.WHICHEVER_COMES_FIRST]
    trigger = random.choice(triggers)
    return TrackerSettings(
        session_limit=random.randrange(1, 5),
        begin_date=begin,
        end_date=end,
        note="Each month",
        color="#3366CC",
        auto_reset=end is not None and random.random() < 0.7,
        task_rule=None if trigger is None else TaskRule(assignee_id, trigger),
    )


def _terms(settings: TrackerSettings) -> NaiveTerms:
    return NaiveTerms(
        settings.session_limit, settings.begin_date, settings.end_date, settings.auto_reset, settings.trigger
    )


def _tracker(client: Client, settings: TrackerSettings, *, slot: int, now: datetime) -> Tracker:
    row = Tracker(
        id=new_id(now=now), practice_id=client.practice_id, client_id=client.id, slot=slot, created_at=now,
        updated_at=now,
    )  # fmt: skip
    span = settings.span
    write_settings(row, settings, Standing(settings.session_limit, span, settings.auto_reset, settings.trigger, span))
    return row


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
        span = Span(period.begin_date, period.end_date)
        closed[period.tracker_id][period.number] = ClosedView(
            span.begin, span.end, period.session_limit, period.used, period.closed_at
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
