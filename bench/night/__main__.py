"""Run it: `python -m bench.night`."""

import asyncio
import os
import signal
from functools import partial

import uvloop

from bench.live import RESULTS, told
from bench.night.completions import measure_completions
from bench.night.databases import postgres_filled, sqlite_filled
from bench.night.dialogs import push_midnight
from bench.night.due import fill
from bench.night.imports import measure_import
from bench.night.measure import Night, measure
from bench.night.plot import plot
from bench.night.report import report
from bench.night.results import Results
from bench.night.sizes import Sizes
from bench.stores import postgres, valkey


async def main() -> None:
    """Measure, and write the report; SIGTERM ends it as an interrupt does, with everything stopped."""
    task = asyncio.current_task()
    assert task is not None, "this runs in a task"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    sizes, results = Sizes(), Results()
    with postgres() as server:
        for trackers, rounds in sizes.nights.items():
            await measure_nights(server, results, sizes, trackers=trackers, rounds=rounds)
        if sizes.appointments:
            results.imported = await measure_import(server, appointments=sizes.appointments)
            told.print(str(results.imported))
        if sizes.of_completions:
            await complete(server, results, sizes)
    if sizes.dialogs:
        results.pushed = await push_midnight(sizes.dialogs)
        told.print(str(results.pushed))
    if sizes.of_sqlite:
        async with sqlite_filled(partial(fill, sizes.of_sqlite)) as filled:
            for _ in range(sizes.sqlite_nights):
                results.sqlite.append(tell(await measure(filled, trackers=sizes.of_sqlite)))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "nightly.md").write_text(report(results, sizes, cores=os.cpu_count() or 1))
    if results.alone:
        (RESULTS / "nightly.svg").write_text(plot(results))


async def measure_nights(server: str, results: Results, sizes: Sizes, *, trackers: int, rounds: int) -> None:
    """Fill a database once, and measure so many nights on copies of it; one worker and two take turns."""
    async with postgres_filled(server, partial(fill, trackers)) as filled:
        for _ in range(rounds):
            results.alone.setdefault(trackers, []).append(tell(await measure(filled, trackers=trackers)))
            if trackers == sizes.of_two_workers:
                night = tell(await measure(filled, trackers=trackers, workers=2))
                results.together.setdefault(trackers, []).append(night)


async def complete(server: str, results: Results, sizes: Sizes) -> None:
    """Measure completions before a night and during it."""
    with valkey() as redis_url:
        async with postgres_filled(server, partial(fill, sizes.of_completions)) as filled:
            results.completions = await measure_completions(
                filled,
                redis_url,
                trackers=sizes.of_completions,
                per_second=sizes.per_second,
                wanted=sizes.idle_completions,
            )


def tell(night: Night) -> Night:
    """Print what a night took."""
    told.print(str(night))
    return night


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
