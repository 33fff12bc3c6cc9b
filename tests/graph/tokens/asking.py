"""Asking an issuer for its keys, and waiting for what comes of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from graph.app import background
from graph.tokens.issuer import Issuer, Pace
from tests.issuer import KeyServer, signer

FIRST, SECOND = signer("RS256", "first"), signer("ES256", "second")
NEVER = 3600.0
ON_DEMAND = Pace(refresh=NEVER, retry=NEVER, slowest_retry=NEVER, look=0, answer=5)
EAGER = Pace(refresh=0.01, retry=0.01, slowest_retry=0.01, look=0, answer=5)


@asynccontextmanager
async def asking(server: KeyServer, pace: Pace) -> AsyncIterator[Issuer]:
    """Ask the server for its keys for the time of the block, which begins when the first attempt is over."""
    issuer = Issuer(server.url, pace=pace)
    async with background(issuer.run()):
        await issuer.look_again()
        yield issuer


def ids(issuer: Issuer) -> set[str | None]:
    """Return the ids of the keys it has."""
    return {key.id for key in issuer.keys}


async def pause() -> None:
    """Let the others go on."""
    await asyncio.sleep(0.001)


async def have(issuer: Issuer, wanted: set[str]) -> bool:
    """Tell whether it has these keys."""
    await pause()
    return ids(issuer) == wanted


async def was_asked(server: KeyServer, times: int) -> bool:
    """Tell whether the server has been asked so often."""
    await pause()
    return server.asked >= times


async def is_reached(issuer: Issuer, wanted: bool) -> bool:
    """Tell whether the newest attempt went well, or did not."""
    await pause()
    return issuer.is_reached is wanted
