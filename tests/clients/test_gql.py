"""Python's gql, over a socket (websockets), and over HTTP for what needs no stream (httpx, async and blocking).

Not tried: its transports on aiohttp and on requests, which send the same requests with packages that nothing here
needs, and those for the dialects of AppSync and Phoenix.
"""

import signal
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.clients.conversations import asks_and_changes, resumes, watches_to_the_end
from tests.clients.player import Player, playing
from tests.clients.practice import Dialog, Practice


@pytest.fixture(params=["ws", "http", "http-blocking"])
async def player(practice: Practice, request: pytest.FixtureRequest) -> AsyncIterator[Player]:
    """Run the library over that transport."""
    async with playing("gql_client.py", practice.address, practice.token, request.param) as player:
        yield player


async def test_it_asks_and_changes(player: Player, dialog: Dialog) -> None:
    """A failure comes as data."""
    await asks_and_changes(player, dialog)


@pytest.mark.parametrize("player", ["ws"], indirect=True)
async def test_it_watches_until_the_appointment_is_gone(player: Player, dialog: Dialog) -> None:
    """The state, the change, the end."""
    await watches_to_the_end(player, dialog)


@pytest.mark.parametrize("player", ["ws"], indirect=True)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
async def test_it_resumes(player: Player, practice: Practice, http: httpx.AsyncClient, how: signal.Signals) -> None:
    """After a restart it is shown only what it has not seen."""
    await resumes(player, practice, http, how, connections=1)
