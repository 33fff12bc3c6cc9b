"""Completions by the API before a night and during it, on the database that a worker settles."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Final

import httpx

from bench.contenders import BIN
from bench.night.databases import Filled, set_demo_clock
from bench.night.desk import REQUEST_SECONDS, Connections, Desk, Session, sessions_on_record, watched_connections
from bench.night.due import EVE, ZONE
from bench.night.workers import settle_all, waiting_workers
from bench.practice import CROWDED, SECRET
from bench.processes import running
from graph.garbage import look_for_garbage_less_often
from models.database import connected

NEW_YEAR: Final = EVE.date() + timedelta(days=1)
WARM_UP: Final = 100


@dataclass(frozen=True, slots=True)
class Answers:
    """How long the answers took, in milliseconds, how many were errors, and the connections meanwhile."""

    milliseconds: Sequence[float]
    errors: Sequence[str]
    connections: Connections


@dataclass(frozen=True, slots=True)
class Completions:
    """Answers while nobody was due, and while one worker settled so many trackers in so many seconds."""

    trackers: int
    per_second: int
    idle: Answers
    night: Answers
    seconds: float


async def measure_completions(
    filled: Filled, redis_url: str, *, trackers: int, per_second: int, wanted: int
) -> Completions:
    """Complete and reopen sessions, so many while nobody is due, and then for as long as the night lasts."""
    async with filled.copy() as url, connected(url), waiting_workers(url, 1) as workers:
        sessions = await sessions_on_record(day_before=f"{NEW_YEAR}")
        desk_on = partial(_desk, url, redis_url, sessions, reopened=set(), per_second=per_second)
        async with desk_on(today=EVE.date()) as desk, watched_connections(url) as connections:
            await desk.work(per_second=per_second, wanted=wanted)
            idle = Answers(desk.milliseconds, desk.errors, connections)
        async with desk_on(today=NEW_YEAR) as desk, watched_connections(url) as connections:
            is_over = asyncio.Event()
            working = asyncio.create_task(desk.work(per_second=per_second, until=is_over))
            seconds, told = await settle_all(workers)
            is_over.set()
            await working
            night = Answers(desk.milliseconds, desk.errors, connections)
        if any(each.failures for each in told):
            raise RuntimeError(f"Somebody was not settled: {told}")
        return Completions(trackers, per_second, idle, night, seconds)


@asynccontextmanager
async def _desk(
    url: str, redis_url: str, sessions: Sequence[Session], *, today: date, reopened: set[str], per_second: int
) -> AsyncIterator[Desk]:
    """Serve, with the clock in demo mode set to that day, and warm up."""
    await set_demo_clock(today, zone=ZONE)
    environment = {
        "DATABASE_URL": url,
        "REDIS_URL": redis_url,
        "JWT_SECRET": SECRET,
        **CROWDED,
        "DEMO_MODE": "true",
        "WORKER": "false",
        "PORT": "0",
        "LOG_LEVEL": "warning",
    }
    serving = running([str(BIN / "session-tracker"), "serve"], environment)
    async with serving as process, httpx.AsyncClient(base_url=process.address, timeout=REQUEST_SECONDS) as http:
        await Desk(http, sessions[:WARM_UP], reopened).work(per_second=per_second, wanted=WARM_UP)
        look_for_garbage_less_often()
        yield Desk(http, sessions[WARM_UP:], reopened)
