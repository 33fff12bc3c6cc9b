"""A worker's pass in a process of its own: `python -m bench.night.rolling` begins when a line comes in."""

import asyncio
import resource
import sys
import time
from datetime import timedelta

import orjson
import uvloop

from bench.night.due import MIDNIGHT
from bench.processes import READY
from jobs.rollover import roll_over
from models.database import connected
from models.settings import Settings

LATER = timedelta(seconds=5)


async def main() -> None:
    """Settle all that is due at midnight; print what was done, in how long, and how much memory that took at most."""
    async with connected(Settings().database_url):
        print(READY, flush=True)  # noqa: T201
        await asyncio.to_thread(sys.stdin.readline)
        begun = time.perf_counter()
        done = await roll_over(now=MIDNIGHT + LATER)
        seconds = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        told = {"clients": done.clients, "seconds": seconds, "bytes": peak, "failures": len(done.failures)}
        print(orjson.dumps(told).decode(), flush=True)  # noqa: T201


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
