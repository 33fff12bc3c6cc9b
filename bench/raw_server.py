"""The floor: a bare WebSocket application on uvicorn, with the settings of ours, which sends given bytes to all."""

import asyncio
import time

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from graph.server import MESSAGE_BYTES

_sockets: set[WebSocket] = set()


async def hold(socket: WebSocket) -> None:
    """Keep a socket open until the client leaves."""
    await socket.accept(subprotocol="graphql-transport-ws")
    _sockets.add(socket)
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        _sockets.discard(socket)


async def broadcast(request: Request) -> PlainTextResponse:
    """Send the body to every socket; answer when that began, on the monotonic clock."""
    text = (await request.body()).decode()
    began = time.monotonic_ns()
    for socket in tuple(_sockets):
        await socket.send_text(text)
    return PlainTextResponse(str(began))


async def main() -> None:
    """Serve on a free port, and print the address."""
    app = Starlette(routes=[WebSocketRoute("/graphql", hold), Route("/publish", broadcast, methods=["POST"])])
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=MESSAGE_BYTES,
        ws_per_message_deflate=False,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (nothing tells of it)
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)  # noqa: T201 (the parent reads it)
    await serving


if __name__ == "__main__":
    uvloop.run(main())
