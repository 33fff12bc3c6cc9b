"""Metrics: off unless they are asked for, as of this moment, of nobody in particular."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from graph.app import make_app
from models.database import connected, migrate
from models.settings import Settings
from models.trackers import Tracker
from tests.api.conftest import SECRET, House, settle_in
from tests.api.served import EACH_ANEW, serving
from tests.api.test_watching_protocol import WATCH
from tests.conftest import StillClock
from tests.faults.postgres import Postgres
from tests.storage.raw import closed_period_row, insert
from tests.storage.waiting import until

APRIL_BEGINS = datetime(2026, 3, 31, 22, tzinfo=UTC)
WAITING = {"clients_due": 0, "oldest_due_seconds": 0, "clients_set_aside": 0, "outbox_hints": 0}
DONE = {
    "worker_clients_settled_total": 0,
    "worker_periods_closed_total": 0,
    "worker_trackers_expired_total": 0,
    "worker_tasks_opened_total": 0,
    "worker_failures_total": 0,
    "worker_broken_passes_total": 0,
}
IDLE = {"database_reachable": 1, **WAITING, "subscriptions": 0, **DONE}


@asynccontextmanager
async def measured(database_url: str, clock: StillClock) -> AsyncIterator[House]:
    """Serve a practice with metrics, and leave it to the test to have the worker look."""
    async with connected(database_url):
        practice, people = await settle_in(clock)
    settings = Settings(database_url=database_url, jwt_secret=SecretStr(SECRET), metrics=True, worker=False, port=0)
    app = make_app(settings, clock=clock)
    async with (
        serving(settings, clock=clock, app=app) as address,
        httpx.AsyncClient(timeout=30, limits=EACH_ANEW) as http,
    ):
        yield House(address, practice, people, clock, http, app)


@pytest.fixture
async def office(database_url: str, clock: StillClock) -> AsyncIterator[House]:
    """Serve a practice with metrics."""
    async with measured(database_url, clock) as house:
        yield house


async def told(office: House) -> dict[str, float]:
    """Return the metrics by their names; those of a process are of this one."""
    response = await office.http.get(f"{office.address}/metrics")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = [sample for family in text_string_to_metric_families(response.text) for sample in family.samples]
    assert {sample.labels.get("process", str(os.getpid())) for sample in samples} == {str(os.getpid())}
    assert {name for sample in samples for name in sample.labels} == {"process"}
    return {sample.name.removeprefix("session_tracker_"): sample.value for sample in samples}


async def look(office: House) -> None:
    """Have the worker look who is due."""
    assert office.app is not None, "it runs in this process"
    await office.app.state.services.worker.tick()


async def hints_are_relayed(office: House) -> bool:
    """Tell whether nothing waits in the outbox."""
    return (await told(office))["outbox_hints"] == 0


async def test_nobody_is_told_where_they_are_not_switched_on(house: House) -> None:
    """As by default."""
    assert (await house.http.get(f"{house.address}/metrics")).status_code == 404


async def test_an_idle_server(office: House) -> None:
    """Nothing waits and nothing was done; without a token, and naming nobody."""
    assert await told(office) == IDLE


async def test_who_is_due_and_for_how_long_until_the_worker_has_looked(office: House) -> None:
    """Whom it settles is counted; whom it cannot settle is set aside, and does not make the others look late."""
    bad, good = [await office.desk.client(name) for name in ("bad", "good")]
    for client in (bad, good):
        await office.desk.tracker(client, begin="2026-03-01", endDate="2026-03-31", autoReset=True)
    row = await Tracker.all().order_by("created_at").first()
    assert row is not None
    await insert("closed_period", **closed_period_row(row))
    await until(lambda: hints_are_relayed(office))
    assert await told(office) == IDLE

    office.clock.moment = APRIL_BEGINS
    office.clock.advance(seconds=90)
    assert await told(office) == IDLE | {"clients_due": 2, "oldest_due_seconds": 90}

    await look(office)
    await until(lambda: hints_are_relayed(office))
    done = {"worker_clients_settled_total": 1, "worker_periods_closed_total": 1, "worker_failures_total": 1}
    assert await told(office) == IDLE | done | {"clients_set_aside": 1}


async def test_what_is_watched(office: House) -> None:
    """For as long as somebody does."""
    client = await office.desk.client()
    async with office.api().socket() as socket:
        for _ in range(2):
            await socket.next(await socket.subscribe(WATCH, id=client))
        assert (await told(office))["subscriptions"] == 2

    async def is_watched_by_nobody() -> bool:
        return (await told(office))["subscriptions"] == 0

    await until(is_watched_by_nobody)


async def test_without_the_database_what_it_knows_is_left_out(tmp_path: Path, clock: StillClock) -> None:
    """The process tells of itself; with the database all is back."""
    with ExitStack() as stack:
        postgres = Postgres(tmp_path)
        stack.callback(postgres.remove)
        await asyncio.to_thread(postgres.start)
        async with connected(postgres.url):
            await migrate(postgres.url)
        async with measured(postgres.url, clock) as office:
            await asyncio.to_thread(postgres.kill)
            assert await told(office) == {"database_reachable": 0, "subscriptions": 0, **DONE}
            await asyncio.to_thread(postgres.start)
            assert await told(office) == IDLE
