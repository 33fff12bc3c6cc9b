"""Workers in processes of their own, which wait for their signal, settle, and tell."""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self

import orjson

from bench.practice import SECRET
from bench.processes import READY


@dataclass(frozen=True, slots=True)
class Told:
    """What a worker's pass did, in seconds of processor time and bytes of memory at most."""

    clients: int
    failures: int
    processor_seconds: float
    peak_bytes: int

    @classmethod
    def read(cls, line: bytes) -> Self:
        """Return what a worker has printed."""
        return cls(**orjson.loads(line))

    @property
    def line(self) -> str:
        """What a worker prints."""
        return orjson.dumps(self).decode()


async def settle_all(workers: Sequence[Process]) -> tuple[float, list[Told]]:
    """Give the signal; return how many seconds it took until the last was done, and what each has told."""
    begun = time.perf_counter()
    for process in workers:
        assert process.stdin is not None, "it is a pipe"
        process.stdin.write(b"\n")
    told = [Told.read(await _line(process)) for process in workers]
    return time.perf_counter() - begun, told


@asynccontextmanager
async def waiting_workers(url: str, wanted: int) -> AsyncIterator[list[Process]]:
    """Start so many workers on the database for the time of the block.

    Raises RuntimeError when one does not start.
    """
    command = [sys.executable, "-m", "bench.night.rolling"]
    environment = {"DATABASE_URL": url, "JWT_SECRET": SECRET}
    processes = []
    try:
        for _ in range(wanted):
            process = await asyncio.create_subprocess_exec(*command, env=environment, stdin=PIPE, stdout=PIPE)
            processes.append(process)
        for process in processes:
            if (await _line(process)).decode().strip() != READY:
                raise RuntimeError("A worker does not start.")
        yield processes
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _line(process: Process) -> bytes:
    assert process.stdout is not None, "it is a pipe"
    return await process.stdout.readline()
