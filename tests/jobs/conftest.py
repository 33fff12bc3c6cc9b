"""Fixtures for jobs: a real Redis-protocol server."""

from collections.abc import Iterator

import pytest

from tests.redis_server import RedisServer


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """Start a server of the test's own, to be mistreated."""
    server = RedisServer()
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Start a server that tests share and yield its address."""
    server = RedisServer()
    server.start()
    try:
        yield server.url
    finally:
        server.kill()
