"""The server that the attacks are on, once with each database."""

import asyncio
from collections.abc import Iterator
from itertools import count

import pytest

from tests.attacks.target import Target, attacked
from tests.conftest import _execute

NAMES = count(1)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Serve the demo practice in a process of its own."""
    folder = tmp_path_factory.mktemp("attacks")
    if request.param == "sqlite":
        with attacked(folder) as served:
            yield served
        return
    server: str = request.getfixturevalue("postgres")
    name = f"attacked_{next(NAMES)}"
    asyncio.run(_execute(server, f"CREATE DATABASE {name}"))
    try:
        with attacked(folder, DATABASE_URL=server.replace("/postgres?", f"/{name}?")) as served:
            yield served
    finally:
        asyncio.run(_execute(server, f"DROP DATABASE {name} WITH (FORCE)"))
