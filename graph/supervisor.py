"""Several server processes on one listening socket: started, replaced when they die, drained together."""

import asyncio
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from multiprocessing.connection import Connection
from socket import socket
from typing import Final

from uvicorn.loops.auto import auto_loop_factory

from graph.app import make_app
from graph.logs import set_up_logging
from graph.server import GRACE_SECONDS, Server
from models.settings import Settings

PAUSE_SECONDS: Final = 1.0
EXTRA_SECONDS: Final = 10.0
_log = logging.getLogger(__name__)
_spawning = multiprocessing.get_context("spawn")


class Process:
    """One server process. `ready` tells whether it came to serve, `ended` its exit code, a signal's being negative."""

    def __init__(self, settings: Settings, listening: socket) -> None:
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[bool] = loop.create_future()
        self.ended: asyncio.Future[int | None] = loop.create_future()
        self.successor: Process | None = None
        self.is_retired = False
        self._line, theirs = _spawning.Pipe()
        self._process = _spawning.Process(target=_serve, args=(settings, listening, theirs), daemon=True)
        self._process.start()
        theirs.close()
        loop.add_reader(self._line.fileno(), self._hear)
        loop.add_reader(self._process.sentinel, self._bury)

    def __str__(self) -> str:
        """Return what the log calls it."""
        return f"Process {self._process.pid}"

    @property
    def is_serving(self) -> bool:
        """Whether it is ready and has not ended."""
        return self.ready.done() and self.ready.result() and not self.ended.done()

    async def stop(self, *, seconds: float) -> None:
        """Have it drain and end; kill it when it has not after so many seconds."""
        self.is_retired = True
        self._process.terminate()
        await asyncio.wait([self.ended], timeout=seconds)
        if not self.ended.done():
            _log.error("%s does not end and is killed.", self)
            self._process.kill()
            await asyncio.wait([self.ended])

    def _hear(self) -> None:
        asyncio.get_running_loop().remove_reader(self._line.fileno())
        try:
            self.ready.set_result(self._line.recv())
        except (EOFError, OSError):
            self.ready.set_result(False)

    def _bury(self) -> None:
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._process.join()
        self.ended.set_result(self._process.exitcode)


class Supervisor:
    """Keeps so many processes serving until it is told to stop; SIGHUP replaces them one after another."""

    def __init__(self, settings: Settings, listening: socket, *, processes: int) -> None:
        self._settings = settings
        self._listening = listening
        self._patience = settings.drain_delay_seconds + GRACE_SECONDS + EXTRA_SECONDS
        self._places = processes
        self._processes: set[Process] = set()
        self._stopping = asyncio.Event()
        self._replacing = asyncio.Event()
        self._is_well = True
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, *, on_start: Callable[[], None]) -> bool:
        """Serve until SIGTERM or SIGINT; call `on_start` when all serve; tell whether it went well.

        A process that cannot start ends the whole, unless others have been serving: then it is tried again.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        try:
            first = [self._start() for _ in range(self._places)]
            self._begin(self._watch_over(first, on_start))
            loop.add_signal_handler(signal.SIGHUP, self._replacing.set)
            await self._stopping.wait()
        finally:
            tasks = tuple(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(*(process.stop(seconds=self._patience) for process in self._processes))
        return self._is_well

    async def _watch_over(self, first: list[Process], on_start: Callable[[], None]) -> None:
        await asyncio.wait([process.ready for process in first])
        if not all(process.ready.result() for process in first):
            self._give_up()
            return
        on_start()
        for process in first:
            self._begin(self._keep(process))
        self._begin(self._replace_on_demand())

    async def _keep(self, process: Process) -> None:
        """Have another take the place of the process when it ends, for ever: the one that was meant to, if any."""
        while True:
            await asyncio.wait([process.ready])
            await asyncio.wait([process.ended])
            self._processes.discard(process)
            if not process.is_retired:
                _log.error("%s ended with %s; another takes its place.", process, process.ended.result())
            if process.successor is None and not process.ready.result():
                if not any(other.is_serving for other in self._processes):
                    self._give_up()
                await asyncio.sleep(PAUSE_SECONDS)
            process = process.successor or self._start()

    async def _replace_on_demand(self) -> None:
        """Replace all as often as it is asked for; however often that was meanwhile, once more."""
        while True:
            await self._replacing.wait()
            self._replacing.clear()
            await self._replace_all()

    async def _replace_all(self) -> None:
        """Replace each process by a new one that serves already; stop at the first that does not come to."""
        for process in tuple(self._processes):
            if process.ended.done():
                continue
            process.successor = successor = self._start()
            await asyncio.wait([successor.ready])
            if successor.ready.result():
                await process.stop(seconds=self._patience)
            else:
                _log.error("%s did not start: those before it go on.", successor)
                if not process.ended.done():
                    process.successor = None
                    self._processes.discard(successor)
                return

    def _start(self) -> Process:
        process = Process(self._settings, self._listening)
        self._processes.add(process)
        return process

    def _give_up(self) -> None:
        self._is_well = False
        self._stopping.set()

    def _begin(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _serve(settings: Settings, listening: socket, line: Connection) -> None:
    """Serve in a process of its own, which ends when told to, or when the one that started it is gone."""
    os.setpgrp()  # The terminal interrupts the whole group; it is for the supervisor to pass on, once.
    set_up_logging(settings.log_level)

    def tell(_address: str) -> None:
        asyncio.get_running_loop().add_reader(line.fileno(), stop)
        with suppress(OSError):
            line.send(True)

    def stop() -> None:
        asyncio.get_running_loop().remove_reader(line.fileno())
        server.should_exit = True

    server = Server(make_app(settings), settings, on_start=tell)
    with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
        runner.run(server.serve(sockets=[listening]))
