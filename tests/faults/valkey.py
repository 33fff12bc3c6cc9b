"""A real server that speaks Redis' protocol, to be killed, frozen, and cut off from who listens."""

import time
from pathlib import Path

from redis import Redis, RedisError

from tests.faults.parts import Part
from tests.redis_server import RedisServer


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
