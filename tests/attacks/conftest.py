"""The server that the attacks are on, once with each database."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.attacks.target import Target, attacked
from tests.conftest import drop_postgres_database, make_postgres_database


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Serve the demo practice in a process of its own."""
    folder = tmp_path_factory.mktemp("attacks")
    if request.param == "sqlite":
        with attacked(folder) as served:
            yield served
        return
    server: str = request.getfixturevalue("postgres")
    url = asyncio.run(make_postgres_database(server))
    try:
        with attacked(folder, DATABASE_URL=url) as served:
            yield served
    finally:
        asyncio.run(drop_postgres_database(server, url))
