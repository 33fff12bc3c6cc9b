"""A room for each test."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.resolvers.live.room import Room
from tests.storage.waiting import PATIENCE_SECONDS


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    """Set a room up; at the end nothing is open in it."""
    made = Room()
    async with asyncio.timeout(PATIENCE_SECONDS):
        yield made
        await made.hub.aclose()
