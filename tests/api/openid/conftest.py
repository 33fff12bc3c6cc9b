"""An office in each database."""

from collections.abc import AsyncIterator

import pytest

from tests.api.openid.office import Office, opened
from tests.conftest import StillClock


@pytest.fixture
async def office(database_url: str, clock: StillClock) -> AsyncIterator[Office]:
    """Serve a practice with a provider whose first key is known."""
    async with opened(database_url, clock) as served:
        yield served
