"""urql, over a socket (subscriptionExchange) and over HTTP alone (event streams)."""

import signal
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.clients.conversations import asks_and_changes, resumes, watches_to_the_end
from tests.clients.player import Player, playing
from tests.clients.practice import Dialog, Practice


@pytest.fixture(params=["ws", "sse"])
async def player(practice: Practice, request: pytest.FixtureRequest) -> AsyncIterator[Player]:
    """Run the library over that transport."""
    async with playing("urql.mjs", practice.address, practice.token, request.param) as player:
        yield player


async def test_it_asks_and_changes(player: Player, dialog: Dialog) -> None:
    """A failure comes as data."""
    await asks_and_changes(player, dialog)


async def test_it_watches_until_the_appointment_is_gone(player: Player, dialog: Dialog) -> None:
    """The state, the change, the end."""
    await watches_to_the_end(player, dialog)


@pytest.mark.parametrize(
    ("player", "how", "connections"),
    [
        ("ws", signal.SIGKILL, 1),
        ("ws", signal.SIGTERM, 1),
        ("sse", signal.SIGKILL, 2),
        ("sse", signal.SIGTERM, 2),
    ],
    ids=["ws-killed", "ws-stopped", "sse-killed", "sse-stopped"],
    indirect=["player"],
)
async def test_it_resumes(
    player: Player, practice: Practice, http: httpx.AsyncClient, how: signal.Signals, connections: int
) -> None:
    """After a restart it is shown only what it has not seen."""
    await resumes(player, practice, http, how, connections=connections)
