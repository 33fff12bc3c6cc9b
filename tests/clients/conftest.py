"""A served practice, shared by the tests of a process, and an appointment of today for each of them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import httpx
import pytest

from tests.cli.tool import Tool
from tests.clients.practice import Dialog, Practice

pytest.register_assert_rewrite("tests.clients.conversations")


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    """Serve a practice that can be restarted."""
    with closing(Practice(Tool(tmp_path_factory.mktemp("clients")))) as served:
        yield served


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """Return what the front desk sends its requests with."""
    async with httpx.AsyncClient(timeout=30) as client:
        yield client


@pytest.fixture
async def dialog(practice: Practice, http: httpx.AsyncClient) -> Dialog:
    """Return an appointment of today."""
    return await Dialog.opened(practice.desk(http))
