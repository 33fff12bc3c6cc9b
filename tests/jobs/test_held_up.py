"""Who is held up on PostgreSQL: by a lock, by too much at once, by long computing; nobody is for good."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

import asyncpg
import pytest

from jobs.rollover import Rollover, roll_over
from jobs.worker import Worker
from models.books import ClientRow
from models.bulk import insert_rows, select_rows
from models.clients import Client
from models.database import connected
from models.database import database as connection
from models.history import BY_ITSELF, HistoryEntry, entry_of
from models.ledger import lock, plan
from models.outages import outage_of
from models.set_aside import SetAside
from models.trackers import ClosedPeriod, Tracker
from models.unit_of_work import unit_of_work
from tests.conftest import StillClock
from tests.jobs.test_worker import TICK, working
from tests.storage.raw import execute
from tests.storage.recount import assert_whole
from tests.storage.scene import MARCH, Scene, set_scene
from tests.storage.waiting import PATIENCE_SECONDS, until

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

APRIL_BEGINS = datetime(2026, 3, 31, 22, tzinfo=UTC)
STATEMENT_SECONDS = 0.5
CLIENTS = 30
MANY = 20_000
FULL = {"name": "x" * 500}
THREE_YEARS_ON = datetime(2029, 3, 4, 10, tzinfo=UTC)
DAWDLE = """
CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END $$
"""
DAWDLES = "CREATE TRIGGER dawdles BEFORE INSERT ON closed_period FOR EACH ROW EXECUTE FUNCTION dawdle()"


@pytest.fixture
async def scene(database_url: str, clock: StillClock) -> AsyncIterator[Scene]:
    """Return a practice; a statement may take half a second."""
    async with connected(database_url, statement_seconds=STATEMENT_SECONDS):
        yield await set_scene(clock)


@asynccontextmanager
async def another_session(url: str, *statements: str) -> AsyncIterator[asyncpg.Connection]:
    """Hold in a transaction of another session what the statements lock, for the time of the block."""
    session = await asyncpg.connect(url)
    try:
        await session.execute("BEGIN")
        for statement in statements:
            await session.execute(statement)
        yield session
    finally:
        await session.close()


async def set_trackers(scene: Scene, number: int) -> list[Tracker]:
    """Return so many clients' trackers of March, in the order of the clients' keys."""
    rows = [await scene.tracker((await scene.client(f"Client {place}")).id) for place in range(number)]
    return sorted(rows, key=lambda row: row.client_id)


async def periods(rows: list[Tracker]) -> list[int]:
    """Return in which period each of the trackers is."""
    numbers = {row.id: row.period_number for row in await Tracker.all()}
    return [numbers[row.id] for row in rows]


async def test_a_chunk_that_waits_too_long_for_one_client_is_halved_down_to_it(scene: Scene, database_url: str) -> None:
    """The others before it are settled; a lock that somebody holds is no reason to set a client aside."""
    rows = await set_trackers(scene, 4)
    held = rows[-1].client_id
    async with another_session(database_url, f"SELECT 1 FROM client WHERE id = '{held}' FOR UPDATE"):
        with pytest.raises(TimeoutError):
            await roll_over(now=APRIL_BEGINS)
        assert await periods(rows) == [2, 2, 2, 1]
    assert await SetAside.all().count() == 0
    assert await roll_over(now=APRIL_BEGINS) == Rollover(clients=1, periods_closed=1)
    await assert_whole(held, now=APRIL_BEGINS)


async def test_what_takes_too_long_for_all_is_done_for_fewer_at_a_time(scene: Scene) -> None:
    """Ten rows take a second; a few at a time are within half a second."""
    rows = await set_trackers(scene, 10)
    await execute(DAWDLE)
    await execute(DAWDLES)
    assert await roll_over(now=APRIL_BEGINS, is_shared=True) == Rollover(clients=10, periods_closed=10)
    assert await periods(rows) == [2] * 10
    assert await ClosedPeriod.all().count() == 10


async def test_a_statement_that_hangs_does_not_hold_the_worker_for_ever(
    scene: Scene, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It gives the statement up, sets nobody aside, and settles when the table is free again."""
    rows = await set_trackers(scene, 2)
    scene.clock.moment = APRIL_BEGINS

    async def has_given_up() -> bool:
        await asyncio.sleep(0)
        return "could not settle what is due" in caplog.text

    async def are_settled() -> bool:
        return await periods(rows) == [2, 2]

    async with AsyncExitStack() as stack:
        async with another_session(database_url, "LOCK TABLE closed_period IN ACCESS EXCLUSIVE MODE"):
            await stack.enter_async_context(working(Worker(scene.clock, tick_seconds=TICK)))
            await until(has_given_up)
            assert await periods(rows) == [1, 1]
        await until(are_settled)
    assert await SetAside.all().count() == 0


async def test_a_long_computation_is_heard_of_meanwhile(scene: Scene, database_url: str) -> None:
    """Years of days of many clients take longer than a transaction may stand still here, and it is not lost."""
    daily = replace(MARCH, begin_date=date(2026, 3, 4), end_date=date(2026, 3, 4))
    for place in range(CLIENTS):
        await scene.tracker((await scene.client(f"Client {place}")).id, daily)

    async def foresee() -> tuple[int, str]:
        [own] = await connection().execute_query_dict("SELECT pg_backend_pid() AS process")
        await execute("SET LOCAL idle_in_transaction_session_timeout = '1500ms'")
        rows = await select_rows(ClientRow, Client, "due_at IS NOT NULL")
        posting = await plan(rows, now=THREE_YEARS_ON)
        async with another_session(database_url) as other:
            last = await other.fetchval("SELECT query FROM pg_stat_activity WHERE pid = $1", own["process"])
        await execute("SELECT 2")
        return len(posting.closed), last

    assert await unit_of_work(foresee) == (CLIENTS * 1096, "SELECT 1")


async def test_one_that_stands_still_loses_its_transaction_and_others_go_on(scene: Scene, database_url: str) -> None:
    """After five seconds, which every connection is set to; here sooner."""
    [setting] = await connection().execute_query_dict("SHOW idle_in_transaction_session_timeout")
    assert setting == {"idle_in_transaction_session_timeout": "5s"}
    client = await scene.client()
    goes_on = asyncio.Event()

    async def stand_still() -> None:
        await lock([client.id])
        await execute("UPDATE client SET name = 'Half done' WHERE id = ?", client.id)
        await execute("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
        await goes_on.wait()
        await execute("SELECT 1")

    async def is_held() -> bool:
        async with another_session(database_url) as other:
            return await other.fetchrow(f"SELECT 1 FROM client WHERE id = '{client.id}' FOR UPDATE SKIP LOCKED") is None

    standing = asyncio.create_task(unit_of_work(stand_still))
    await until(is_held)
    async with another_session(database_url) as other:
        name = await other.fetchval(f"SELECT name FROM client WHERE id = '{client.id}' FOR UPDATE")
    goes_on.set()
    with pytest.raises(asyncpg.InterfaceError) as failed:
        await standing
    assert outage_of(failed.value) is not None
    assert name == "Mara Keller"


async def test_rows_that_nobody_takes_do_not_hold_their_sender_for_ever(scene: Scene) -> None:
    """More of them than the kernel keeps, sent to a backend that stands still."""
    rows = [entry_of(scene.practice, "practice.updated", actor=BY_ITSELF, at=APRIL_BEGINS, before=None, after=FULL)]

    async def work() -> None:
        _, [(backend,)] = await connection().execute_query("SELECT pg_backend_pid()")
        os.kill(backend, signal.SIGSTOP)
        try:
            await insert_rows(HistoryEntry, rows * MANY)
        finally:
            os.kill(backend, signal.SIGCONT)

    sending = asyncio.ensure_future(unit_of_work(work))
    assert await asyncio.wait([sending], timeout=PATIENCE_SECONDS) == ({sending}, set())
    with pytest.raises(TimeoutError):
        await sending
    assert not await HistoryEntry.filter(what="practice.updated").exists()
