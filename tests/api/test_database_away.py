"""PostgreSQL goes away and comes back, while a server runs and a dialog is open."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from pydantic import SecretStr
from websockets.asyncio.client import connect

from graph.app import make_app
from models.database import connected, migrate
from models.settings import Settings
from tests.api.conftest import SECRET, House, settle_in
from tests.api.served import EACH_ANEW, PATIENCE_SECONDS, PROTOCOL, closing, serving_as
from tests.api.streaming import EventStream, Multipart, streaming
from tests.api.test_watching_protocol import WATCH, init
from tests.conftest import StillClock
from tests.faults.postgres import Postgres

AWAY: Final = {"message": "The database cannot be reached: try again shortly.", "code": "UNAVAILABLE"}
CREATE: Final = 'mutation { createClient(input: { name: "Noah Meier" }) { errors { code } } }'
COUNT: Final = "{ clients { nodes { name } } }"


def stop(postgres: Postgres) -> None:
    """Stop it as an administrator in a hurry does: its clients are told, and put out."""
    process = postgres._process
    assert process is not None
    process.send_signal(signal.SIGINT)
    process.wait(PATIENCE_SECONDS)


@pytest.fixture
async def house(tmp_path: Path, clock: StillClock) -> AsyncIterator[tuple[House, Postgres]]:
    """Serve a practice from a PostgreSQL of the test's own."""
    with ExitStack() as stack:
        postgres = Postgres(tmp_path)
        stack.callback(postgres.remove)
        await asyncio.to_thread(postgres.start)
        async with connected(postgres.url):
            await migrate(postgres.url)
            practice, people = await settle_in(clock)
        settings = Settings(database_url=postgres.url, jwt_secret=SecretStr(SECRET), port=0)
        app = make_app(settings, clock=clock)
        async with (
            serving_as(settings, app) as (address, _server),
            httpx.AsyncClient(timeout=30, limits=EACH_ANEW) as http,
        ):
            yield House(address, practice, people, clock, http, app), postgres


def told(errors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return messages and codes."""
    return [{"message": error["message"], "code": error["extensions"]["code"]} for error in errors]


@pytest.mark.parametrize("end", [Postgres.kill, stop])
async def test_every_way_in_says_so_and_an_open_dialog_catches_up(
    house: tuple[House, Postgres], end: Callable[[Postgres], None]
) -> None:
    """With UNAVAILABLE, soon, and nothing half done; when it is back, so is everything, without a restart."""
    office, postgres = house
    client = await office.desk.client()
    async with office.api().socket() as socket:
        watched = await socket.subscribe(WATCH, id=client)
        assert await socket.next(watched) == {"clientTrackers": {"revision": 0}}
        await asyncio.to_thread(end, postgres)

        async with asyncio.timeout(PATIENCE_SECONDS):
            assert (await office.http.get(f"{office.address}/readyz")).status_code == 503
            for document in (COUNT, CREATE):
                assert told((await office.api().post(document))["errors"]) == [AWAY]
            for kind in (EventStream, Multipart):
                async with streaming(office.api(), kind, WATCH, id=client) as stream:
                    assert stream.response.status_code == 503
                    await stream.response.aread()
                    assert told(stream.response.json()["errors"]) == [AWAY]
            async with connect(office.address.replace("http", "ws", 1) + "/graphql", subprotocols=[PROTOCOL]) as raw:
                await raw.send(init(office.api().token))
                assert await closing(raw) == (1013, AWAY["message"])
            for document in (COUNT, CREATE):
                operation = await socket.subscribe(document)
                message = await socket.receive()
                assert (message["id"], message["type"], message["payload"]["data"]) == (operation, "next", None)
                assert told(message["payload"]["errors"]) == [AWAY]
                assert await socket.receive() == {"id": operation, "type": "complete"}
            operation = await socket.subscribe(WATCH, id=client)
            message = await socket.receive()
            assert (message["id"], message["type"]) == (operation, "error")
            assert told(message["payload"]) == [AWAY]

        await asyncio.to_thread(postgres.start)
        assert (await office.http.get(f"{office.address}/readyz")).status_code == 200
        assert await office.api().data(COUNT) == {"clients": {"nodes": [{"name": "Mara Keller"}]}}
        await office.desk.tracker(client)
        assert await socket.next(watched) == {"clientTrackers": {"revision": 1}}


async def test_a_server_that_answers_nothing_holds_nobody_up_for_ever(house: tuple[House, Postgres]) -> None:
    """A statement is given up after ten seconds, a new connection after three."""
    office, postgres = house
    with postgres.frozen():
        async with asyncio.timeout(20):
            assert told((await office.api().post(COUNT))["errors"]) == [AWAY]
    assert await office.api().data(COUNT) == {"clients": {"nodes": []}}
