"""A server that is told to stop: what is open ends in order, what is under way is answered, nothing new comes in."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any, Final, NamedTuple

import httpx
import pytest
from pydantic import SecretStr
from websockets.exceptions import ConnectionClosed

from graph.app import make_app
from graph.server import GRACE_SECONDS, Server
from models.database import connected
from models.settings import Settings
from tests.api.conftest import SECRET, House, settle_in
from tests.api.served import PATIENCE_SECONDS, closing, serving_as
from tests.api.streaming import EventStream, Multipart, streaming
from tests.api.test_watching_protocol import WATCH
from tests.conftest import StillClock

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

GOODBYE: Final = (1012, "This process is being stopped: connect again.")
CREATE: Final = 'mutation { createClient(input: { name: "Noah Meier" }) { client { name } errors { code } } }'
CREATED: Final = {"createClient": {"client": {"name": "Noah Meier"}, "errors": []}}


class Stopping(NamedTuple):
    """A served practice that can be told to stop."""

    house: House
    server: Server

    async def refuses(self) -> None:
        """Wait until nobody can connect any more."""
        host, port = self.house.address.removeprefix("http://").split(":")
        await until(lambda: not self.server.servers[0].is_serving())
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(host, int(port))


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what nothing tells of."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


@pytest.fixture
def delay() -> float:
    """Return for how long the server serves on when it is told to stop."""
    return 0


@pytest.fixture
async def served(database_url: str, clock: StillClock, delay: float) -> AsyncIterator[Stopping]:
    """Serve a practice; when the test ends, the server has to be gone within its grace."""
    async with connected(database_url):
        practice, people = await settle_in(clock)
    settings = Settings(
        database_url=database_url,
        jwt_secret=SecretStr(SECRET),
        demo_mode=True,
        port=0,
        drain_delay_seconds=delay,
    )
    app = make_app(settings, clock=clock)
    async with httpx.AsyncClient(timeout=30) as http, AsyncExitStack() as stack:
        address, server = await stack.enter_async_context(serving_as(settings, app))
        yield Stopping(House(address, practice, people, clock, http, app), server)
        async with asyncio.timeout(GRACE_SECONDS):
            await stack.aclose()


async def test_sockets_close_with_1012_and_streams_break_off(
    served: Stopping, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is completed, for what was watched goes on elsewhere; a socket that watches nothing closes too."""
    house = served.house
    client = await house.desk.client()
    async with (
        house.api().socket() as watching,
        house.api().socket() as idle,
        streaming(house.api(), EventStream, WATCH, id=client) as events,
        streaming(house.api(), Multipart, WATCH, id=client) as parts,
    ):
        operation = await watching.subscribe(WATCH, id=client)
        await watching.next(operation)
        await events.next()
        await parts.next()
        served.server.should_exit = True
        with pytest.raises(ConnectionClosed) as closed:
            await watching.receive()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == GOODBYE
        assert await closing(idle.raw) == GOODBYE
        for stream in (events, parts):
            with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
                await stream.next()
        await served.refuses()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_what_is_under_way_is_answered(served: Stopping, database_url: str) -> None:
    """A request, and an operation over a socket, that wait for the database."""
    async with served.house.api().socket() as socket:
        with locked(database_url) as unlock:
            answer = asyncio.create_task(served.house.api().data(CREATE))
            operation = await socket.subscribe(CREATE)
            await socket.is_quiet()
            await until(lambda: len(served.server.server_state.connections) == 2)
            served.server.should_exit = True
            await served.refuses()
            assert not answer.done()
            unlock()
            assert await answer == CREATED
            assert await socket.next(operation) == CREATED
            assert await socket.receive() == {"id": operation, "type": "complete"}
        assert await closing(socket.raw) == GOODBYE


@contextmanager
def locked(url: str) -> Iterator[Callable[[], object]]:
    """Let nobody write into a SQLite file, until what is yielded is called."""
    other = sqlite3.connect(url.removeprefix("sqlite://"))
    try:
        other.execute("BEGIN IMMEDIATE")
        yield other.rollback
    finally:
        other.close()


@pytest.mark.parametrize("delay", [0.5])
async def test_load_balancers_are_told_before_anything_ends(served: Stopping) -> None:
    """It is unready at once, and serves on for the delay: who connects then is served as well."""
    house = served.house
    client = await house.desk.client()
    async with house.api().socket() as socket:
        operation = await socket.subscribe(WATCH, id=client)
        await socket.next(operation)
        served.server.should_exit = True
        answer = await unready(house.http, house.address)
        assert (answer.status_code, answer.text) == (503, "not ready: draining\n")
        assert (await house.http.get(f"{house.address}/livez")).status_code == 200
        async with httpx.AsyncClient() as newcomer:
            query: dict[str, Any] = {"query": "{ viewer { role } }"}
            headers = {"Authorization": f"Bearer {house.api().token}"}
            served_on = await newcomer.post(f"{house.address}/graphql", json=query, headers=headers)
        assert served_on.json() == {"data": {"viewer": {"role": "ADMIN"}}}
        async with house.api().socket() as newer:
            assert await newer.next(await newer.subscribe(WATCH, id=client)) == {"clientTrackers": {"revision": 0}}
        created = await socket.subscribe(CREATE)
        assert await socket.next(created) == CREATED
        assert await socket.receive() == {"id": created, "type": "complete"}
        await house.desk.tracker(client)
        assert await socket.next(operation) == {"clientTrackers": {"revision": 1}}
        assert await closing(socket.raw) == GOODBYE


async def unready(http: httpx.AsyncClient, address: str) -> httpx.Response:
    """Return the first answer that tells that the server is not ready."""
    while (answer := await http.get(f"{address}/readyz")).status_code == 200:
        pass
    return answer
