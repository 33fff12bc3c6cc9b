"""An installation: PostgreSQL, Valkey and two servers, started together and always stopped."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.faults.parts import LOOK_SECONDS, START_SECONDS, Part
from tests.faults.postgres import Postgres
from tests.faults.server import Server
from tests.faults.valkey import Valkey


class Installation:
    """PostgreSQL, Valkey and two servers."""

    def __init__(self, folder: Path, *, servers: int = 2) -> None:
        self.postgres = Postgres(folder)
        self.valkey = Valkey(folder)
        self.servers = [
            Server(place, folder, database_url=self.postgres.url, redis_url=self.valkey.url) for place in range(servers)
        ]

    @property
    def parts(self) -> Sequence[Part]:
        """All parts, in the order in which they are started."""
        return [self.postgres, self.valkey, *self.servers]

    @property
    def addresses(self) -> list[str]:
        """Where it serves."""
        return [server.address for server in self.servers]

    def start(self) -> None:
        """Start every part that does not run; the servers, which take the longest, at the same time."""
        self.postgres.start()
        self.valkey.start()
        with ThreadPoolExecutor() as pool:
            for started in [pool.submit(server.start) for server in self.servers]:
                started.result()

    def wait_until_whole(self) -> float:
        """Wait until every part says that it is ready; return the moment, of the monotonic clock.

        Raises TimeoutError after half a minute.
        """
        deadline = time.monotonic() + START_SECONDS
        while not all(part.is_ready() for part in self.parts):
            if time.monotonic() > deadline:
                raise TimeoutError("\n".join(part.tail() for part in self.parts if not part.is_ready()))
            time.sleep(LOOK_SECONDS)
        return time.monotonic()

    def tails(self) -> str:
        """Return the ends of what the servers have said."""
        return "\n".join(part.tail() for part in self.servers)


@contextmanager
def installed(folder: Path, *, servers: int = 2) -> Iterator[Installation]:
    """Run an installation for the time of the block."""
    installation = Installation(folder, servers=servers)
    with ExitStack() as stack:
        stack.callback(installation.postgres.remove)
        for part in installation.parts:
            stack.callback(part.kill)
        installation.postgres.start()
        installation.servers[0].migrate()
        installation.start()
        yield installation
