"""Run it: `python -m bench.night`."""

import asyncio

import uvloop
from pydantic_settings import BaseSettings, SettingsConfigDict
from rich.console import Console

from bench.night.measure import Night, measure, postgres_database, sqlite_database
from bench.stores import postgres

told = Console(stderr=True, highlight=False)


class Sizes(BaseSettings):
    """The sizes of a full run; each can be set by an environment variable of its name in capitals, as JSON."""

    model_config = SettingsConfigDict(frozen=True)

    trackers: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    of_two_workers: int = 100_000
    of_sqlite: int = 100_000


async def main() -> None:
    """Measure, and tell each night."""
    sizes = Sizes()
    with postgres() as server:
        for trackers, workers in (*((each, 1) for each in sizes.trackers), (sizes.of_two_workers, 2)):
            if trackers:
                async with postgres_database(server, f"night_{trackers}_{workers}") as url:
                    tell("PostgreSQL", await measure(url, trackers=trackers, workers=workers))
    if sizes.of_sqlite:
        async with sqlite_database() as url:
            tell("SQLite", await measure(url, trackers=sizes.of_sqlite))


def tell(database: str, night: Night) -> None:
    """Print a line."""
    told.print(
        f"{database}, {night.trackers:,} trackers, {night.workers} worker(s): {night.seconds:.2f} s, "
        f"{night.microseconds_each:.0f} us each; bare UPDATE {night.floor:.2f} s, ratio {night.ratio:.2f}; "
        f"{night.peak_bytes / 2**20:.0f} MiB"
    )


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
