"""gql, as a program that does what each line of standard input says and prints a line for all that happens."""

import asyncio
import json
import sys
from typing import Any

from gql import Client, GraphQLRequest
from gql.client import ReconnectingAsyncClientSession
from gql.transport.async_transport import AsyncTransport
from gql.transport.exceptions import TransportClosed, TransportConnectionFailed
from gql.transport.httpx import HTTPXAsyncTransport, HTTPXTransport
from gql.transport.websockets import WebsocketsTransport
from tenacity import retry, wait_fixed

RETRY_SECONDS = 0.05


class Socket(WebsocketsTransport):
    """Tells of each connection."""

    async def connect(self) -> None:
        """Connect."""
        await super().connect()
        say("opened")


def say(name: str, **what: object) -> None:
    """Print what happened."""
    sys.stdout.write(json.dumps({"name": name, **what}) + "\n")
    sys.stdout.flush()


def transport_to(address: str, token: str, over: str) -> AsyncTransport | HTTPXTransport:
    """Return what carries the requests."""
    authorization = {"Authorization": f"Bearer {token}"}
    if over == "ws":
        return Socket(f"{address.replace('http', 'ws', 1)}/graphql", init_payload=authorization)
    if over == "http":
        return HTTPXAsyncTransport(f"{address}/graphql", headers=authorization)
    return HTTPXTransport(f"{address}/graphql", headers=authorization)


async def watch(session: ReconnectingAsyncClientSession, name: str, document: str, variables: dict[str, Any]) -> None:
    """Subscribe, again with the last revision where the connection broke: the library only connects again by itself."""
    known: int | None = None
    while True:
        request = GraphQLRequest(document, variable_values={**variables, "knownRevision": known})
        try:
            async for data in session.subscribe(request):
                known = data["appointmentBanner"]["revision"]
                say(name, banner=data["appointmentBanner"])
        except (TransportConnectionFailed, TransportClosed):
            await asyncio.sleep(RETRY_SECONDS)
        else:
            say(name, complete=True)
            return


async def play(transport: AsyncTransport | HTTPXTransport) -> None:
    """Do what is told, until standard input ends."""
    await (play_blocking(transport) if isinstance(transport, HTTPXTransport) else play_async(transport))


async def play_blocking(transport: HTTPXTransport) -> None:
    """Ask, one question after another."""
    with Client(transport=transport) as session:
        while line := await asyncio.to_thread(sys.stdin.readline):
            told = json.loads(line)
            request = GraphQLRequest(told["document"], variable_values=told["variables"])
            say("answer", data=await asyncio.to_thread(session.execute, request))


async def play_async(transport: AsyncTransport) -> None:
    """Ask and watch."""
    client = Client(transport=transport)
    session = await client.connect_async(  # type: ignore[no-untyped-call]  # the library leaves it untyped
        reconnecting=True, retry_connect=retry(wait=wait_fixed(RETRY_SECONDS))
    )
    watching = []
    while line := await asyncio.to_thread(sys.stdin.readline):
        told = json.loads(line)
        if "name" in told:
            watching.append(asyncio.create_task(watch(session, **told)))
        else:
            request = GraphQLRequest(told["document"], variable_values=told["variables"])
            say("answer", data=await session.execute(request))
    await client.close_async()  # type: ignore[no-untyped-call]  # the same


if __name__ == "__main__":
    asyncio.run(play(transport_to(*sys.argv[1:])))
