"""A front desk whose server runs, and one whose server can be shut down.

A scenario that begins on another day than Wednesday 4 March 2026 gives its `opening`: the clock is set before the
server starts, and never back while one runs, as a worker that has just read the clock would act on a day to come.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from pydantic import SecretStr

from models.database import connected
from models.settings import Settings
from tests.api.conftest import SECRET, House, house, settle_in
from tests.api.served import serving
from tests.conftest import StillClock
from tests.scenarios.story import ZURICH, FrontDesk, instant

__all__ = ["desk", "house"]


@pytest.fixture
def opening() -> str:
    """Return when the scenario begins, by the clock of Zurich."""
    return "2026-03-04 11:00"


@pytest.fixture
def clock(opening: str) -> StillClock:
    """Return a clock that stands still at the opening."""
    return StillClock(instant(opening, zone=ZURICH))


@pytest.fixture
def desk(house: House) -> FrontDesk:
    """Return the front desk, where the practice's administrator sits."""
    return FrontDesk(house)


class Premises:
    """A practice in Zurich whose server runs only for the time of `open`."""

    def __init__(self, settings: Settings, house: House) -> None:
        self._settings = settings
        self._house = house

    def it_is(self, time: str) -> None:
        """Let it be that time while the server is down."""
        self._house.clock.moment = instant(time, zone=ZURICH)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[FrontDesk]:
        """Serve for the time of the block; yield the front desk."""
        async with serving(self._settings, clock=self._house.clock) as address:
            yield FrontDesk(replace(self._house, address=address))


@pytest.fixture
async def premises(database_url: str, clock: StillClock) -> AsyncIterator[Premises]:
    """Settle in a practice whose server does not run yet."""
    async with connected(database_url):
        practice, people = await settle_in(clock)
    settings = Settings(database_url=database_url, jwt_secret=SecretStr(SECRET), demo_mode=True, port=0)
    async with httpx.AsyncClient(timeout=30) as http:
        yield Premises(settings, House("", practice, people, clock, http))
