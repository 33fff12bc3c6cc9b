"""GraphQL over HTTP and over sockets (graphql-transport-ws)."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Final, cast

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLRequestData
from strawberry.http.exceptions import NonJsonMessageReceived
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types.unset import UNSET, UnsetType

from graph.auth import bearer_token
from graph.context import Context
from graph.schema import TrackerSchema
from graph.services import Services
from models.errors import Unauthenticated

BAD_REQUEST: Final = "BAD_REQUEST"
INIT_TIMEOUT: Final = timedelta(seconds=5)


class Socket(ASGIWebSocketAdapter):
    """Lets through only what can be a message of the protocol."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """Yield each message.

        Raises NonJsonMessageReceived, which closes the socket with 4400.
        """
        async for message in super().iter_json(ignore_parsing_errors=ignore_parsing_errors):
            if not is_message(message):
                raise NonJsonMessageReceived
            yield message


def is_message(message: object) -> bool:
    """Tell whether it can be a message of the protocol: an object whose fields, where present, have the right types."""
    if not isinstance(message, dict) or not isinstance(message.get("id", ""), str):
        return False
    if message.get("type") != "subscribe":
        return True
    payload = message.get("payload")
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """Answers a document that cannot be parsed with an error for that operation; the others go on."""

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:  # noqa: ARG004 (the library's signature)
        return None


class GraphQLView(GraphQL[Context, None]):
    """The one endpoint."""

    websocket_adapter_class = Socket
    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, schema: TrackerSchema, services: Services) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            connection_init_wait_timeout=INIT_TIMEOUT,
        )
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket; a request that is no GraphQL request is told so as data, with its code."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        try:
            response = await self.run(Request(scope, receive))
        except HTTPException as error:
            problem = {"message": error.reason, "extensions": {"code": BAD_REQUEST}}
            response = JSONResponse({"errors": [problem]}, status_code=error.status_code)
        await response(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002 (the library's signature)
        """Make the context of a request; a socket signs in with connection_init."""
        context = Context(self._services, token=bearer_token(request.headers))
        if isinstance(request, Request):
            await context.sign_in()
        return context

    async def on_ws_connect(self, context: Context) -> UnsetType:
        """Refuse a connection without a valid token (4403)."""
        await context.sign_in()
        try:
            context.viewer  # noqa: B018 (it raises when nobody is signed in)
        except Unauthenticated as error:
            raise ConnectionRejectionError from error
        return cast("UnsetType", UNSET)

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData | list[GraphQLRequestData]:
        """Read a request.

        Raises HTTPException (400) for a body that is not an object.
        """
        try:
            return await super().parse_http_body(request)
        except AttributeError as error:
            raise HTTPException(400, "The body is an object with `query`, and `variables` if there are any.") from error

    def decode_json(self, data: str | bytes) -> object:
        """Read JSON."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        """Write JSON, as text: the socket's frames are text frames."""
        return orjson.dumps(data).decode()
