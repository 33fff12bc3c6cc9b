"""Sockets that do not begin: the one case of the protocol that waits for a clock."""

from contextlib import suppress

import pytest
from pydantic import SecretStr
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from graph.app import make_app
from models.settings import Settings
from tests.api.conftest import SECRET
from tests.api.served import PROTOCOL, closing, serving
from tests.api.test_watching_protocol import complaints
from tests.conftest import StillClock

# Nothing here depends on where the data is.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("said", [None, '{"type": "ping"}'], ids=["nothing", "ping"])
async def test_who_does_not_begin_in_time_is_let_go(
    database_url: str, clock: StillClock, said: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """With 4408, whatever else is said."""
    settings = Settings(database_url=database_url, jwt_secret=SecretStr(SECRET), port=0, init_seconds=0.01)
    app = make_app(settings, clock=clock)
    async with (
        serving(settings, clock=clock, app=app) as address,
        connect(address.replace("http", "ws", 1) + "/graphql", subprotocols=[PROTOCOL]) as raw,
    ):
        if said is not None:
            with suppress(ConnectionClosed):  # It may be too late already.
                await raw.send(said)
        assert await closing(raw) == (4408, "Connection initialisation timeout")
    assert complaints(caplog) == []
