"""A practice in each database."""

import pytest

from tests.conftest import StillClock
from tests.storage.scene import Scene, set_scene


@pytest.fixture
async def scene(database: str, clock: StillClock) -> Scene:
    """Return a practice with an administrator, in the connected database."""
    return await set_scene(clock)
