"""Another process at the same database: it connects, says so, waits for the word, acts, and tells what came of it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import orjson

from jobs.rollover import roll_over
from models.database import connected
from models.errors import DomainError
from models.practices import Practice, StaffMember
from models.unit_of_work import on_commit
from tests.conftest import StillClock
from tests.storage.keyed import create
from tests.storage.scene import Scene

DEATH = 9


class SecondProcess:
    """The other process, seen from the test."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def act(self) -> list[str]:
        """Give the word; return what came of each act: `done`, or the name of the refusal."""
        output, errors = await self._process.communicate(b"go\n")
        assert self._process.returncode == 0, errors.decode()
        outcomes: list[str] = orjson.loads(output)
        return outcomes

    async def act_and_die(self) -> None:
        """Give the word, upon which it dies at its first commit, before it tells of anything."""
        output, errors = await self._process.communicate(b"go\n")
        assert (self._process.returncode, output) == (DEATH, b""), errors.decode()


@asynccontextmanager
async def second_process(url: str, scene: Scene, what: str, *ids: UUID) -> AsyncIterator[SecondProcess]:
    """Start it; on entry it is connected and waits for the word."""
    moment = scene.clock.now().isoformat()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, url, str(scene.practice.id), moment, what, *map(str, ids)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        ready = await process.stdout.readline()
        if ready != b"ready\n":
            raise AssertionError((await process.communicate())[1].decode())
        yield SecondProcess(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def outcome_of(scene: Scene, what: str, key: UUID) -> str:
    """Do one thing; return `done` or what was made, or the name of the refusal."""
    try:
        if what.startswith("keyed"):
            if what == "keyed, and die":
                on_commit(lambda: os._exit(DEATH))
            return str((await create(scene)).id)
        if what == "complete":
            await scene.complete(key)
        elif what == "tracker":
            await scene.tracker(key)
        else:
            done = await roll_over(now=scene.clock.now())
            return f"{done.periods_closed} closed, {done.tasks} tasks, {len(done.failures)} failures"
    except DomainError as refusal:
        return type(refusal).__name__
    return "done"


async def _main(url: str, practice_id: str, moment: str, what: str, *ids: str) -> None:
    async with connected(url):
        practice = await Practice.get(id=UUID(practice_id))
        nora = await StaffMember.filter(practice_id=practice.id).order_by("id").first()
        assert nora is not None
        scene = Scene(practice, nora, StillClock(datetime.fromisoformat(moment)))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        outcomes = [await outcome_of(scene, what, UUID(key)) for key in ids]
        sys.stdout.write(orjson.dumps(outcomes).decode())


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
