"""Measures a night: the floors, then one worker or several, on a copy of a filled database."""

from dataclasses import dataclass
from typing import Final

from bench.night.bare import NIGHTLY, SameRows, bare_update
from bench.night.databases import Filled
from bench.night.due import TRACKERS_EACH
from bench.night.processor import server_seconds
from bench.night.workers import Told, settle_all, waiting_workers
from jobs.verification import verify
from models.clock import SystemClock
from models.database import connected, speaks_postgres

VERIFIED: Final = 10_000
"""A night of more trackers is not verified: that would take longer than the night."""


@dataclass(frozen=True, slots=True)
class Night:
    """What one night took, in seconds of the clock and of the processor.

    `floor` is a bare UPDATE of as many trackers, in the same database, just before; `same_rows` what was written,
    written again by bare statements, just after. SQLite's file has no `same_rows`, and no processes of its own.
    """

    trackers: int
    workers: int
    seconds: float
    floor: float
    same_rows: float | None
    worker_processor: float
    server_processor: float | None
    peak_bytes: int

    def microseconds_each(self, seconds: float) -> float:
        """Return it per tracker."""
        return seconds / self.trackers * 1e6


async def measure(filled: Filled, *, trackers: int, workers: int = 1) -> Night:
    """Have that many workers settle a copy of the filled database, and check the outcome.

    Raises RuntimeError when what they did is not right.
    """
    async with filled.copy() as url, connected(url):
        floor = await bare_update()
        copies = SameRows(NIGHTLY) if speaks_postgres() else None
        if copies:
            await copies.copy()
        async with waiting_workers(url, workers) as processes:
            before = await server_seconds()
            seconds, told = await settle_all(processes)
            after = await server_seconds()
        await check(told, trackers=trackers)
        return Night(
            trackers=trackers,
            workers=workers,
            seconds=seconds,
            floor=floor,
            same_rows=await copies.write_again() if copies else None,
            worker_processor=sum(each.processor_seconds for each in told),
            server_processor=None if before is None or after is None else after - before,
            peak_bytes=max(each.peak_bytes for each in told),
        )


async def check(told: list[Told], *, trackers: int) -> None:
    """Raise RuntimeError unless everybody was settled, and, of a small night, everything is right."""
    settled, wanted = sum(each.clients for each in told), trackers // TRACKERS_EACH
    if settled != wanted or any(each.failures for each in told):
        raise RuntimeError(f"{settled} clients were settled, and {wanted} were due: {told}")
    await check_counts(trackers=trackers)


async def check_counts(*, trackers: int) -> None:
    """Raise RuntimeError unless all counts are right, where there are few."""
    if trackers <= VERIFIED:
        found = [each async for _, differences in verify(now=SystemClock().now()) for each in differences]
        if found:
            raise RuntimeError(f"The outcome is not right: {found[:3]}")
