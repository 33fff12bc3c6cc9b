"""A demo practice served by a process of its own, which can be stopped and started again at the same address."""

import random
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import SecretStr

from models.clock import SystemClock
from models.settings import Settings
from tests.api.desk import Desk
from tests.api.served import Api, serving
from tests.cli.tool import SECRET, Running, Tool


class Practice:
    """What a front end knows of it: where it is served, and the administrator's token."""

    def __init__(self, tool: Tool) -> None:
        self._tool = tool
        self._port = unused_port()
        self._running = ExitStack()
        self._server = self._start()
        self.address = self._server.address
        lines = iter(self._server.welcome)
        self.token = next(next(lines) for line in lines if line.startswith("ADMIN"))

    @contextmanager
    def stopped(self, how: signal.Signals) -> Iterator[None]:
        """Stop it for the time of the block; then it serves again, at the same address and from the same database."""
        self._server.stop(how)
        self._running.close()
        try:
            yield
        finally:
            self._server = self._start()

    @asynccontextmanager
    async def elsewhere(self, http: httpx.AsyncClient, **more: Any) -> AsyncIterator[Desk]:
        """Serve the same database at another address for the time of the block, and yield the front desk there."""
        url = self._tool.settings["DATABASE_URL"]
        settings = Settings(database_url=url, jwt_secret=SecretStr(SECRET), demo_mode=True, port=0, **more)
        async with serving(settings, clock=SystemClock()) as address:
            yield Desk(Api(address, self.token, http))

    def desk(self, http: httpx.AsyncClient) -> Desk:
        """Return its front desk."""
        return Desk(Api(self.address, self.token, http))

    def close(self) -> None:
        """End it."""
        self._running.close()

    def _start(self) -> Running:
        return self._running.enter_context(self._tool.serving(until="curl", DEMO_MODE="true", PORT=str(self._port)))


def unused_port() -> int:
    """Return a port that stays free while nobody listens: one that no connection and no port 0 is given by itself."""
    for port in random.sample(range(20_000, 30_000), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("none of a hundred ports is free")


@dataclass(frozen=True)
class Dialog:
    """An appointment of today, of a client with one tracker of three sessions, none of them used."""

    desk: Desk
    client: str
    appointment: str
    revision: int

    @classmethod
    async def opened(cls, desk: Desk) -> "Dialog":
        """Book the appointment."""
        today = (await desk.api.data("{ practice { today } }"))["practice"]["today"]
        client = await desk.client()
        await desk.tracker(client, 3, begin=today)
        appointment = await desk.session(client, today)
        return cls(desk, client, appointment, await desk.revision(client))

    async def delete(self) -> None:
        """Delete the appointment."""
        await self.desk.api.done("deleteAppointment", "deletedId", appointmentId=self.appointment)
