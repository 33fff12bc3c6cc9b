"""The worker as a process: it settles what is due beside those who serve, until it is told to stop."""

import asyncio
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest

from graph.app import STATEMENT_SECONDS
from jobs.worker import TICK_SECONDS
from models.database import connected
from models.demo import DemoState, demo_state
from models.outbox import OutboxHint
from models.trackers import Tracker
from tests.cli.tool import Tool
from tests.conftest import StillClock
from tests.storage.scene import MARCH, set_scene
from tests.storage.waiting import until

LONG_AGO = datetime(2026, 3, 4, 10, tzinfo=UTC)


async def set_tracker(tool: Tool) -> UUID:
    """Set a tracker whose month is long over."""
    async with connected(tool.settings["DATABASE_URL"]):
        scene = await set_scene(StillClock(LONG_AGO))
        return (await scene.tracker((await scene.client()).id)).id


async def settled_and_told(tool: Tool, tracker_id: UUID) -> int:
    """Wait until the tracker is in the current month, and nothing is left to be relayed; return its period's number."""
    async with connected(tool.settings["DATABASE_URL"]):

        async def is_current() -> bool:
            row = await Tracker.get(id=tracker_id)
            assert row.end_date is not None
            is_over = row.end_date < (datetime.now(UTC) - timedelta(days=1)).date()
            return not is_over and not await OutboxHint.all().count()

        await until(is_current)
        return (await Tracker.get(id=tracker_id)).period_number


async def period_after_a_while(tool: Tool, tracker_id: UUID) -> int:
    """Return the number of the tracker's period when a worker would have looked at it twice."""
    await asyncio.sleep(2 * TICK_SECONDS)
    async with connected(tool.settings["DATABASE_URL"]):
        return (await Tracker.get(id=tracker_id)).period_number


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_settles_until_it_is_stopped(workshop: Tool, how: signal.Signals) -> None:
    """What was due before it came; then it ends at once, with exit code 0 and not a complaint."""
    tracker = asyncio.run(set_tracker(workshop))
    with workshop.running("worker", until="settles", LOG_LEVEL="warning") as worker:
        assert asyncio.run(settled_and_told(workshop, tracker)) > 1
        outcome = worker.stop(how)
    assert (outcome.code, outcome.err) == (0, "")


def test_beside_one_that_serves_and_leaves_it_to_the_worker(workshop: Tool) -> None:
    """With WORKER=false a server settles nobody but whom somebody asks for."""
    tracker = asyncio.run(set_tracker(workshop))
    with workshop.serving(WORKER="false"):
        assert asyncio.run(period_after_a_while(workshop, tracker)) == 1
        with workshop.running("worker", until="settles"):
            assert asyncio.run(settled_and_told(workshop, tracker)) > 1


def test_a_statement_that_hangs_is_given_up_and_it_goes_on(workshop: Tool) -> None:
    """After ten seconds; it says so, and what it could not settle it settles when the table is free."""
    tracker = asyncio.run(set_tracker(workshop))

    async def hold_the_table_until_it_complains() -> int:
        session = await asyncpg.connect(workshop.settings["DATABASE_URL"])
        hold = session.transaction()
        await hold.start()
        await session.execute("LOCK TABLE closed_period IN ACCESS EXCLUSIVE MODE")
        with workshop.running("worker", until="settles") as worker:
            async with asyncio.timeout(3 * STATEMENT_SECONDS):
                while "could not settle what is due" not in Path(worker.log.name).read_text():
                    await session.execute("SELECT 1")
            await hold.rollback()
            await session.close()
            return await settled_and_told(workshop, tracker)

    assert asyncio.run(hold_the_table_until_it_complains()) > 1


def test_it_tells_what_it_has_done_on_a_port_of_its_own(workshop: Tool) -> None:
    """Where METRICS_PORT names one; nothing else is to be found there."""
    tracker = asyncio.run(set_tracker(workshop))
    with workshop.running("worker", until="settles", METRICS_PORT="0", LOG_LEVEL="warning") as worker:
        periods = asyncio.run(settled_and_told(workshop, tracker))
        told = httpx.get(f"{worker.address}/metrics").text
        process = worker.process.pid
        assert f'session_tracker_worker_clients_settled_total{{process="{process}"}} 1.0\n' in told
        assert f'session_tracker_worker_periods_closed_total{{process="{process}"}} {periods - 1}.0\n' in told
        outcome = worker.stop()
    assert (outcome.code, outcome.err) == (0, "")


def test_a_port_that_is_taken_is_told_in_one_line(workshop: Tool) -> None:
    """With exit code 1."""
    with workshop.running("worker", until="settles", METRICS_PORT="0") as worker:
        port = worker.address.rpartition(":")[2]
        outcome = workshop("worker", METRICS_PORT=port)
    assert outcome.code == 1
    assert outcome.err.startswith(f"Cannot tell metrics on 127.0.0.1, port {port}: ")
    assert outcome.err.count("\n") == 1


def test_in_demo_mode_it_follows_the_clock_that_somebody_sets_ahead(workshop: Tool) -> None:
    """While it runs."""

    async def set_tracker_for_a_week() -> UUID:
        async with connected(workshop.settings["DATABASE_URL"]):
            now = datetime.now(UTC)
            scene = await set_scene(StillClock(now))
            week = replace(MARCH, begin_date=now.date(), end_date=now.date() + timedelta(days=6))
            await demo_state()
            return (await scene.tracker((await scene.client()).id, week)).id

    async def set_ahead_and_settled() -> None:
        async with connected(workshop.settings["DATABASE_URL"]):
            assert (await Tracker.get(id=tracker)).period_number == 1
            await DemoState.all().update(days_ahead=15)

            async def is_in_the_third_week() -> bool:
                return (await Tracker.get(id=tracker)).period_number == 3

            await until(is_in_the_third_week)

    tracker = asyncio.run(set_tracker_for_a_week())
    with workshop.running("worker", until="settles", DEMO_MODE="true"):
        asyncio.run(set_ahead_and_settled())
