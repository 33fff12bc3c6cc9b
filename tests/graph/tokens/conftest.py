"""An issuer's server."""

from collections.abc import AsyncIterator

import pytest

from tests.graph.tokens.asking import FIRST
from tests.issuer import KeyServer, key_server


@pytest.fixture
async def server() -> AsyncIterator[KeyServer]:
    """Publish the first key."""
    async with key_server() as running:
        running.publish(FIRST)
        yield running
