"""Open dialogs over a midnight: how soon after the commit of its chunk each shows that a tracker has expired.

`python -m bench.night.dialogs serve` and `… work` are the processes, by a clock at which it is soon midnight.
"""

import asyncio
import gc
import sys
from collections import defaultdict
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final
from uuid import UUID

import asyncpg
import uvloop
from pydantic_settings import BaseSettings

from bench.dialogs import Dialogs, Greeting, dialogs
from bench.moments import monotonic_ns
from bench.night.due import MIDNIGHT
from bench.practice import CROWDED, SECRET, House, settle_in
from bench.processes import READY, allow_many_sockets, running
from bench.stores import postgres, valkey
from graph.app import background, make_app
from graph.logs import set_up_logging
from graph.server import Server
from jobs.redis_bus import RedisBus
from jobs.relay import Relay
from jobs.worker import Worker
from models.clock import SystemClock
from models.database import connected
from models.settings import Settings

SETTLED_IN: Final = MIDNIGHT - timedelta(hours=1)
START_SECONDS: Final = 15.0
SECONDS_TO_OPEN: Final = 0.006
"""For each dialog."""
AT_ONCE: Final = 100
SECOND_NS: Final = 1_000_000_000
COMMITS: Final = "SELECT id, pg_xact_commit_timestamp(xmin) AS moment FROM client"


class Shift(BaseSettings):
    """How far the processes' clock is ahead of the machine's, in seconds."""

    shift_seconds: float

    def now(self) -> datetime:
        """Return the present moment by that clock."""
        return SystemClock().now() + timedelta(seconds=self.shift_seconds)


@dataclass(frozen=True, slots=True)
class Push:
    """What was pushed: the seconds from the commit of a chunk to the last frame of its dialogs, worst and median.

    `whole` is from the first commit to the last frame of all, `opening` how long the dialogs took to open before.
    """

    dialogs: int
    chunks: int
    worst: float
    median: float
    whole: float
    opening: float


async def push_midnight(dialogs_wanted: int) -> Push:
    """Open as many dialogs, each of another client, on one server; let midnight come, and a worker settle them."""
    allow_many_sockets()
    with postgres() as database_url, valkey() as redis_url:
        house = await settle_in(
            database_url, clients_wanted=dialogs_wanted, dialogs_wanted=dialogs_wanted, now=SETTLED_IN, days_left=0
        )
        lead = timedelta(seconds=START_SECONDS + dialogs_wanted * SECONDS_TO_OPEN)
        ahead = (MIDNIGHT - lead - SystemClock().now()).total_seconds()
        environment = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "JWT_SECRET": SECRET,
            **CROWDED,
            "PORT": "0",
            "WORKER": "false",
            "LOG_LEVEL": "warning",
            "SHIFT_SECONDS": str(ahead),
        }
        return await _push(house, environment)


async def _push(house: House, environment: Mapping[str, str]) -> Push:
    command = [sys.executable, "-m", "bench.night.dialogs"]
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running([*command, "serve"], environment))
        await stack.enter_async_context(running([*command, "work"], environment, says=READY))
        opened = await stack.enter_async_context(dialogs())
        greetings = [
            Greeting(house.tokens[place % len(house.tokens)], person.dialog)
            for place, person in enumerate(house.people)
        ]
        opening = await opened.open(server.address, greetings, at_once=AT_ONCE)
        event = opened.expect()
        if any(b"EXPIRED" in dialog.frame for dialog in opened.opened):
            raise RuntimeError("Midnight came before all dialogs were open.")
        gc.collect()
        gc.disable()
        try:
            await opened.received()
        finally:
            gc.enable()
        if not all(b"EXPIRY" in dialog.frame for dialog in opened.opened):
            raise RuntimeError("A dialog was sent something else.")
        chunks = await _chunks(house, opened)
    spans = [(last - commit) / SECOND_NS for commit, last in chunks.items()]
    whole = (event.last_ns - min(chunks)) / SECOND_NS
    return Push(len(house.people), len(chunks), max(spans), median(spans), whole, opening)


async def _chunks(house: House, opened: Dialogs) -> dict[int, int]:
    """Return, by the commit of each chunk, when the last of its dialogs had its frame; in ns of the monotonic clock."""
    connection = await asyncpg.connect(house.database_url)
    try:
        commits: dict[UUID, datetime] = {row["id"]: row["moment"] for row in await connection.fetch(COMMITS)}
    finally:
        await connection.close()
    received = defaultdict[datetime, int](int)
    for person, dialog in zip(house.people, opened.opened, strict=True):
        commit = commits[person.key]
        received[commit] = max(received[commit], dialog.received_ns)
    return {monotonic_ns(commit): last for commit, last in received.items()}


async def _serve(settings: Settings, clock: Shift) -> None:
    server = Server(make_app(settings, clock=clock), settings, on_start=lambda address: print(address, flush=True))  # noqa: T201
    await server.serve()


async def _work(settings: Settings, clock: Shift) -> None:
    assert settings.redis_url is not None, "it is given"
    bus = RedisBus(settings.redis_url.get_secret_value())
    async with connected(settings.database_url), bus.running(), background(Worker(clock).run(), Relay(bus).run()):
        print(READY, flush=True)  # noqa: T201
        await asyncio.Event().wait()


if __name__ == "__main__":
    set_up_logging("warning")
    begin = {"serve": _serve, "work": _work}[sys.argv[1]]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(begin(Settings(), Shift()))  # type: ignore[call-arg]  # read from the environment
