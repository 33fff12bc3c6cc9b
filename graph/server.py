"""The server process: uvicorn with the settings that suit long-lived sockets."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import socket
from typing import Final

import uvicorn
from starlette.applications import Starlette

from graph.garbage import look_for_garbage_less_often
from graph.services import Services
from graph.transports.http import KERNEL_BYTES, HttpProtocol
from graph.transports.sockets import SocketProtocol
from graph.transports.stalls import limit_kernel
from models.settings import Settings

if sys.platform != "win32":
    import resource

MESSAGE_BYTES: Final = 64 * 1024
PING_SECONDS: Final = 20.0
GRACE_SECONDS: Final = 5
SOCKETS_SECONDS: Final = 3.0
FIRST_REQUEST_SECONDS: Final = 0.5
GOODBYE_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 0.02


def allow_many_connections() -> None:
    """Raise the process's limit of open files, of which each connection is one, as far as it goes."""
    if sys.platform != "win32":
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Server(uvicorn.Server):
    """Calls `on_start` with its address once it listens; drains before it ends."""

    def __init__(
        self,
        app: Starlette,
        settings: Settings,
        *,
        on_start: Callable[[str], None] = lambda _: None,
        ping_seconds: float = PING_SECONDS,
        http: type[HttpProtocol] = HttpProtocol,
        ws: type[SocketProtocol] = SocketProtocol,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                log_config=None,
                access_log=False,
                lifespan="on",
                server_header=False,
                proxy_headers=bool(settings.forwarded_allow_ips),
                forwarded_allow_ips=settings.forwarded_allow_ips,
                http=http,
                ws=ws,
                ws_max_size=MESSAGE_BYTES,
                ws_per_message_deflate=False,
                ws_ping_interval=ping_seconds,
                ws_ping_timeout=ping_seconds,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._app = app
        self._drain_delay = settings.drain_delay_seconds
        self._on_start = on_start

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at SIGINT and SIGTERM, and let the command end in order: the library would raise the signal again."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start to listen."""
        look_for_garbage_less_often()
        allow_many_connections()
        await super().startup(sockets)
        for listening in (each for server in self.servers for each in server.sockets):
            limit_kernel(listening, kernel_bytes=KERNEL_BYTES)
        if self.started:
            self._on_start(address_of(self.servers[0].sockets[0]))

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Drain, and end.

        Unready at once; after the delay for load balancers nothing new is accepted, streams and sockets end in order,
        requests under way are answered; after GRACE_SECONDS what is left is cut off.
        """
        services: Services = self._app.state.services
        services.connections.is_leaving = True
        await self._delay()
        begun = asyncio.get_running_loop().time()
        for listener in (*self.servers, *(sockets or ())):
            listener.close()
        for connection in tuple(self.server_state.connections):
            if isinstance(connection, HttpProtocol) and connection.cycle is not None:
                connection.shutdown()
        await services.connections.drain(seconds=SOCKETS_SECONDS)
        services.hub.drain()
        await self._first_requests()
        await self._goodbyes()
        spent = asyncio.get_running_loop().time() - begun
        self.config.timeout_graceful_shutdown = max(1, round(GRACE_SECONDS - spent))
        await super().shutdown(sockets)

    async def _delay(self) -> None:
        """Serve on until the load balancers know, or somebody is in a hurry."""
        await _until(lambda: self.force_exit, seconds=self._drain_delay)

    async def _first_requests(self) -> None:
        """Let connections that were accepted just now send the request that they were opened for."""
        await _until(
            lambda: (
                not any(
                    isinstance(connection, HttpProtocol) and connection.cycle is None
                    for connection in self.server_state.connections
                )
            ),
            seconds=FIRST_REQUEST_SECONDS,
        )

    async def _goodbyes(self) -> None:
        """Wait for the closing handshakes: a connection cut off before may lose the reason."""
        await _until(
            lambda: not any(isinstance(connection, SocketProtocol) for connection in self.server_state.connections),
            seconds=GOODBYE_SECONDS,
        )


def address_of(listening: socket) -> str:
    """Return where a socket is listening, as clients write it."""
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


async def _until(condition: Callable[[], bool], *, seconds: float) -> None:
    """Wait until the condition holds, or for so long; nothing tells of the changes that it is about."""
    ends = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < ends and not condition():  # noqa: ASYNC110
        await asyncio.sleep(LOOK_SECONDS)
