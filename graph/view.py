"""GraphQL over HTTP, and over HTTP that stays open."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Any, Final, cast

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLRequestData
from strawberry.http.streaming import HTTPStreamTransport
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, MULTIPART_SUBSCRIPTION_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import SubscriptionExecutionResult

from graph.auth import bearer_token
from graph.context import Context
from graph.refusals import refused, show_refusal
from graph.schema import TrackerSchema
from graph.services import Services
from graph.transports.connections import Crowded
from graph.transports.streams import EventStream, Multipart, Stream, frames
from models.errors import ErrorCode, Unavailable

BAD_REQUEST: Final = "BAD_REQUEST"
TOO_MANY_CONNECTIONS: Final = "TOO_MANY_CONNECTIONS"
CODES: Final = {429: TOO_MANY_CONNECTIONS, 503: ErrorCode.UNAVAILABLE.value}


class GraphQLView(GraphQL[Context, None]):
    """The one endpoint."""

    stream_transport_classes_by_protocol: Mapping[str, type[HTTPStreamTransport]] = {
        GRAPHQL_SSE_PROTOCOL: EventStream,
        MULTIPART_SUBSCRIPTION_PROTOCOL: Multipart,
    }

    def __init__(self, schema: TrackerSchema, services: Services) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=[GRAPHQL_SSE_PROTOCOL, MULTIPART_SUBSCRIPTION_PROTOCOL],
        )
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; one that cannot be served at all is told so as data, with its code."""
        request = Request(scope, receive)
        context = Context(self._services, token=bearer_token(request.headers))
        with context.at_end:
            await (await self._answer(request, context))(scope, receive, send)

    async def _answer(self, request: Request, context: Context) -> Response:
        request.state.context = context
        try:
            await context.sign_in()
            if isinstance(context.refusal, Unavailable):
                raise HTTPException(503, context.refusal.message)
            return await self.run(request, context=context)
        except HTTPException as error:
            problem = {"message": error.reason, "extensions": {"code": CODES.get(error.status_code, BAD_REQUEST)}}
            return JSONResponse({"errors": [problem]}, status_code=error.status_code)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002 (the library's signature)
        """Return the request's context."""
        context: Context = request.state.context
        return context

    async def execute_operation(self, *args: Any, **kwargs: Any) -> Any:
        """Run what was asked for; a stream takes one of its viewer's places.

        Raises HTTPException: 429 when there is none, 503 when the process drains.
        """
        context, asked = kwargs["context"], kwargs["request_data"]
        if isinstance(asked, GraphQLRequestData) and asked.protocol == "http":
            is_out = context.had_token and context.refusal is not None
            result = refused(context.refusal) if is_out else await super().execute_operation(*args, **kwargs)
            assert isinstance(result, ExecutionResult), "one operation has one result"
            show_refusal(result, response=kwargs["sub_response"], had_token=context.had_token)
            return result
        if isinstance(asked, GraphQLRequestData):
            if self._services.connections.is_draining:
                raise HTTPException(503, "This process is being stopped: send it again.")
            if context.refusal is None:
                try:
                    self._services.connections.take(context.viewer)
                except Crowded as error:
                    raise HTTPException(429, str(error)) from error
                context.at_end.callback(self._services.connections.give_back, context.viewer)
        return await super().execute_operation(*args, **kwargs)

    def _stream_result(
        self, request: Request, result: SubscriptionExecutionResult, transport: HTTPStreamTransport
    ) -> Callable[[], AsyncGenerator[str, None]]:
        async def process(value: ExecutionResult) -> Any:
            return await self.process_result(request, value)

        results = cast("AsyncGenerator[ExecutionResult, None]", result)
        assert isinstance(transport, EventStream | Multipart), "no other transport is offered"
        return lambda: frames(
            results, transport, context=request.state.context, process=process, encode=self.encode_json
        )

    async def create_streaming_response(
        self,
        request: Request | WebSocket,  # noqa: ARG002 (the library's signature)
        stream: Callable[[], AsyncIterator[str]],
        sub_response: Response,  # noqa: ARG002
        headers: Mapping[str, str],
    ) -> Response:
        """Answer with a stream."""
        return Stream(stream(), headers=headers)

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
