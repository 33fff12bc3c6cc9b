"""A process of `session-tracker serve` that can be killed, drained and started again in its place."""

import os
import subprocess
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from tests.cli.tool import SCRIPT, SECRET
from tests.faults.parts import Supervised
from tests.redis_server import free_port

CROWDED: Final = {"SOCKETS_PER_ADDRESS": "100000", "OPERATIONS_PER_SECOND": "100000"}
"""All who watch and work come from this one machine, and come back all at once."""


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
