"""A big night under faults: clients long due, and workers and a database that are killed while they are settled.

What is on record at the end is held against a naive twin of each client, which lived through every day.
"""

import asyncio
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Final

import asyncpg

from jobs.rollover import count_due
from models.database import connected, database
from models.outages import outage_of
from tests.cli.tool import SCRIPT
from tests.faults.overdue import settle_in
from tests.faults.parts import Supervised
from tests.faults.postgres import Postgres
from tests.faults.server import Server
from tests.faults.twins import Twin, differences

LONGEST_CALM_SECONDS: Final = 0.4
END_SECONDS: Final = 120.0
LONGEST_PAUSE_SECONDS: Final = 7.0
APART: Final = timedelta(seconds=5)


class Fate(StrEnum):
    """What happens meanwhile."""

    WORKER_KILLED = "worker killed"
    DATABASE_KILLED = "database killed"
    DATABASE_FROZEN = "database frozen"
    WORKER_PAUSED = "worker paused"
    ANOTHER_CLOCK = "pass by another clock"


WEIGHTS: Final = {
    Fate.WORKER_KILLED: 5,
    Fate.DATABASE_KILLED: 2,
    Fate.DATABASE_FROZEN: 1,
    Fate.WORKER_PAUSED: 1,
    Fate.ANOTHER_CLOCK: 2,
}
HARMLESS: Final = frozenset({Fate.ANOTHER_CLOCK})
HURTS: Final = 2
"""So many faults come at least in the middle of a chunk; when all is settled before, as many clients more are due."""
DAWDLE: Final = """
CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$;
CREATE TRIGGER dawdles AFTER INSERT ON closed_period FOR EACH STATEMENT EXECUTE FUNCTION dawdle();
"""
"""A chunk takes long enough to be broken in the middle."""
DAWDLING: Final = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"


class Worker(Supervised):
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


class Night:
    """An installation of a database and one worker or two, on which one night after the other is got through."""

    def __init__(self, folder: Path) -> None:
        self.postgres = Postgres(folder)
        self.postgres.start()
        Server(0, folder, database_url=self.postgres.url, redis_url=None).migrate()
        asyncio.run(_slow_down(self.postgres.url))
        self.broken: Counter[str] = Counter()
        self.workers = [Worker(place, folder, database_url=self.postgres.url) for place in range(2)]

    async def get_through(self, seed: int, *, clients: int) -> list[str]:
        """Have the workers settle as many clients while parts break as the seed draws; return what turned out wrong."""
        random, self.broken = Random(seed), Counter()
        twins, hurts = list[Twin](), 0
        async with connected(self.postgres.url):
            self._at_work = self.workers[: random.choice((1, 2))]
            while hurts < HURTS:
                twins += await settle_in(random, clients=clients)
                await self._begin_together()
                hurts += await self._break_parts_until_nobody_is_due(random)
                now = datetime.now(UTC)
                for worker in self._at_work:
                    await asyncio.to_thread(worker.drain)
            for twin in twins:
                twin.naive.live_until(now=now)
            return await differences(twins)

    async def _begin_together(self) -> None:
        """Start the workers, who pass over clients that somebody holds, and let these go when all are there."""
        holding = await asyncpg.connect(self.postgres.url)
        try:
            await holding.execute("BEGIN")
            await holding.execute("SELECT 1 FROM client FOR UPDATE")
            for worker in self._at_work:
                await asyncio.to_thread(worker.start)
        finally:
            await holding.close()

    async def _break_parts_until_nobody_is_due(self, random: Random) -> int:
        """Return how many faults could hurt."""
        hurts, ends = 0, time.monotonic() + END_SECONDS
        while True:
            await asyncio.sleep(random.uniform(0, LONGEST_CALM_SECONDS))
            while hurts < HURTS and await self._is_somebody_due() and not await self._is_a_chunk_under_way():
                self._end_by(ends)
            if not await self._is_somebody_due():
                return hurts
            self._end_by(ends)
            fates = [fate for fate in Fate if hurts >= HURTS or fate not in HARMLESS]
            [fate] = random.choices(fates, weights=[WEIGHTS[fate] for fate in fates])
            await asyncio.to_thread(self._break_one, fate, random)
            hurts += fate not in HARMLESS

    def _end_by(self, ends: float) -> None:
        if time.monotonic() > ends:
            raise TimeoutError("\n".join(["The workers come to no end.", *(each.tail() for each in self.workers)]))

    async def _is_somebody_due(self) -> bool:
        """Tell whether there is work left; it is not known over a connection that the database lost when killed."""
        return await _unless_away(count_due(now=datetime.now(UTC)), otherwise=True)

    async def _is_a_chunk_under_way(self) -> bool:
        """Tell whether a worker is in the middle of one."""
        return await _unless_away(database().execute_query_dict(DAWDLING), otherwise=False)

    def _break_one(self, fate: Fate, random: Random) -> None:
        worker = random.choice(self._at_work)
        self.broken[fate] += 1
        if fate is Fate.WORKER_KILLED:
            worker.kill()
            worker.start()
        elif fate is Fate.DATABASE_KILLED:
            self.postgres.kill()
            self.postgres.start()
        elif fate is Fate.DATABASE_FROZEN:
            with self.postgres.frozen():
                time.sleep(random.uniform(0.5, LONGEST_PAUSE_SECONDS))
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


async def _unless_away(asked: Awaitable[object], *, otherwise: bool) -> bool:
    try:
        return bool(await asked)
    except Exception as error:
        if outage_of(error) is None:
            raise
        return otherwise


async def _slow_down(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(DAWDLE)
    finally:
        await connection.close()


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
