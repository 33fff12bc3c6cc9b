"""What libraries make of the ways in which a server can end what is watched: why ours completes nothing at a stop."""

import pytest

from tests.clients.conversations import ENDED as TOLD_TO_HAVE_ENDED
from tests.clients.conversations import WATCH
from tests.clients.player import Player, playing
from tests.clients.stubs import BANNER, BROKEN_OFF, COMPLETED, ENDED, Stub, stub_of_sockets, stub_of_streams

SHOWN = {"banner": BANNER}


@pytest.mark.parametrize("library", ["graphql-ws.mjs", "apollo.mjs", "urql.mjs", "gql_client.py"])
async def test_over_a_socket_completed_is_for_good_and_a_bare_1012_is_not(library: str) -> None:
    """Though 1012 follows the completion too."""
    async with stub_of_sockets() as stub, playing(library, stub.address, "a token", "ws") as player:
        await completed_is_for_good(player, stub)


@pytest.mark.parametrize("library", ["graphql-sse.mjs", "urql.mjs"])
async def test_over_an_event_stream_completed_is_for_good_and_broken_off_is_not(library: str) -> None:
    """What broke off lacks its last chunk."""
    async with stub_of_streams() as stub, playing(library, stub.address, "a token", "sse") as player:
        await completed_is_for_good(player, stub)


async def test_urql_takes_a_clean_end_of_a_stream_for_completion() -> None:
    """Though nothing was completed."""
    async with stub_of_streams() as stub, playing("urql.mjs", stub.address, "a token", "sse") as player:
        await is_told_the_end(player, ENDED)
        await comes_back(player)
    assert stub.asked_for == [ENDED, BROKEN_OFF, BROKEN_OFF]


async def completed_is_for_good(player: Player, stub: Stub) -> None:
    """What was completed is not asked for again while something else breaks off, and is."""
    await is_told_the_end(player, COMPLETED)
    await comes_back(player)
    assert stub.asked_for == [COMPLETED, BROKEN_OFF, BROKEN_OFF]


async def is_told_the_end(player: Player, name: str) -> None:
    """It shows the state, and tells the end."""
    player.watch(name, WATCH, appointmentId=name)
    assert await player.event(name) == SHOWN
    assert await player.event(name) == TOLD_TO_HAVE_ENDED


async def comes_back(player: Player) -> None:
    """It watches again what broke off, and has told of nothing else."""
    player.watch(BROKEN_OFF, WATCH, appointmentId=BROKEN_OFF)
    assert await player.event(BROKEN_OFF) == SHOWN
    assert await player.event(BROKEN_OFF) == SHOWN
    assert await player.event(BROKEN_OFF) == TOLD_TO_HAVE_ENDED
    assert await player.rest() == []
