"""A worker's pass in a process of its own: `python -m bench.night.rolling` begins when a line comes in."""

import asyncio
import resource
import sys
from datetime import timedelta

import uvloop

from bench.night.due import MIDNIGHT
from bench.night.workers import Told
from bench.processes import READY
from graph.garbage import look_for_garbage_less_often
from jobs.rollover import roll_over
from models.database import connected
from models.settings import Settings

LATER = timedelta(seconds=5)


async def main() -> None:
    """Settle all that is due at midnight, as any number of workers would; print what was done, and what it took."""
    async with connected(Settings().database_url):
        look_for_garbage_less_often()
        print(READY, flush=True)  # noqa: T201
        await asyncio.to_thread(sys.stdin.readline)
        before = _processor_seconds()
        done = await roll_over(now=MIDNIGHT + LATER, is_shared=True)
        told = Told(
            clients=done.clients,
            failures=len(done.failures),
            processor_seconds=_processor_seconds() - before,
            peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        )
        print(told.line, flush=True)  # noqa: T201
        # Its connections stay until it is ended, so that what they have used can be looked at.
        await asyncio.to_thread(sys.stdin.readline)


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
