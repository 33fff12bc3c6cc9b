"""Server processes: started, looked at from outside, and always stopped."""

import asyncio
import os
import resource
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

READY: Final = "ready"
"""What a process says that serves nothing."""
START_SECONDS: Final = 30
STOP_SECONDS: Final = 15
QUIET_SECONDS: Final = 60
LOOK_SECONDS: Final = 0.1
SPARE_CONNECTIONS: Final = 2
"""Kept by the HTTP client for the next request."""
OPEN_STATES: Final = ("01", "08")
"""ESTABLISHED and CLOSE_WAIT, as the kernel writes them."""


def allow_many_sockets() -> None:
    """Raise this process's limit of open files, and that of those it starts, as far as it goes."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@dataclass(frozen=True, slots=True)
class Running:
    """A process that has said where it listens."""

    pid: int
    address: str

    @property
    def resident_bytes(self) -> int:
        """How much memory it holds."""
        for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Rss:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError(f"Process {self.pid} does not tell its memory.")

    @property
    def connections(self) -> int:
        """How many clients are connected, or have left without it having closed its side."""
        port = f":{int(self.address.rpartition(':')[2]):04X}"
        rows = (row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:])
        return sum(1 for row in rows if row[1].endswith(port) and row[3] in OPEN_STATES)

    @property
    def processor_ticks(self) -> int:
        """How much processor time it has used, in ticks of 10 ms."""
        numbers = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return int(numbers[11]) + int(numbers[12])

    async def quiet(self) -> None:
        """Wait until it does next to nothing.

        Raises TimeoutError after a minute.
        """
        async with asyncio.timeout(QUIET_SECONDS):
            calm = 0
            while calm < 3:
                before = self.processor_ticks
                await asyncio.sleep(LOOK_SECONDS)
                calm = calm + 1 if self.processor_ticks - before <= 1 else 0

    async def left_alone(self) -> None:
        """Wait until all dialogs have left it and it is quiet.

        Raises TimeoutError after a minute.
        """
        async with asyncio.timeout(QUIET_SECONDS):
            while self.connections > SPARE_CONNECTIONS:  # noqa: ASYNC110 (the kernel does not tell when)
                await asyncio.sleep(LOOK_SECONDS)
        await self.quiet()


@asynccontextmanager
async def running(
    command: Sequence[str], environment: Mapping[str, str], *, says: str = "http://"
) -> AsyncIterator[Running]:
    """Run a process for the time of the block; its first word that begins with what it `says` tells its address.

    Raises RuntimeError when it ends before, TimeoutError when it says nothing for half a minute.
    """
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **environment}, stdout=PIPE)
    draining: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(START_SECONDS):
            address = await _address(process, says)
        draining = asyncio.create_task(_drain(process))
        yield Running(process.pid, address)
    finally:
        await _stop(process)
        if draining is not None:
            await draining


async def _address(process: Process, says: str) -> str:
    assert process.stdout is not None, "the output is a pipe"
    async for line in process.stdout:
        for word in line.decode().split():
            if word.startswith(says):
                return word.removesuffix("/graphql")
    raise RuntimeError(f"A process ended with {await process.wait()} before it was ready.")


async def _drain(process: Process) -> None:
    assert process.stdout is not None, "the output is a pipe"
    async for _ in process.stdout:
        pass


async def _stop(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
