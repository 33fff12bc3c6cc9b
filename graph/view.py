"""GraphQL over HTTP, and over HTTP that stays open."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Any, Final, cast

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.http.streaming import HTTPStreamTransport
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, MULTIPART_SUBSCRIPTION_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import SubscriptionExecutionResult

from graph.auth import bearer_token
from graph.context import Context
from graph.errors import fault, is_refused
from graph.limits.bodies import bounded
from graph.limits.documents import Asked
from graph.limits.nesting import is_too_deep
from graph.limits.refusals import SOON, TOO_MANY_CONNECTIONS, Refusal
from graph.refusals import is_of_nobody, refused, show_refusal, status_of, told_alone
from graph.schema import TrackerSchema
from graph.services import Services
from graph.transports.connections import Crowded
from graph.transports.proxies import place_of
from graph.transports.requests import (
    ALLOWED,
    GRAPHQL_JSON,
    JSON,
    JSONRequest,
    Refused,
    answered_in,
    refuse_another_body,
    refuse_another_method,
)
from graph.transports.streams import EventStream, Multipart, Stream, frames
from models.errors import ErrorCode, Unavailable

BAD_REQUEST: Final = "BAD_REQUEST"
CODES: Final = {503: ErrorCode.UNAVAILABLE.value}


class GraphQLView(GraphQL[Context, None]):
    """The one endpoint."""

    request_adapter_class = JSONRequest
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
        self._tracker = schema

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; one that cannot be served at all is told so as data, with its code."""
        request = Request({**scope, "method": "GET"} if scope["method"] == "HEAD" else scope, bounded(scope, receive))
        request.state.address = place_of(request.client.host) if request.client else ""
        context = Context(self._services, token=bearer_token(request.headers), address=request.state.address)
        with context.at_end:
            response = await self._answer(request, context)
            response.headers["Vary"] = "Accept"
            await response(scope, receive, send)

    async def _answer(self, request: Request, context: Context) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ALLOWED})
        request.state.context = context
        media_type = answered_in(request.headers.getlist("accept"))
        request.state.media_type = media_type or JSON
        try:
            refuse_another_method(request)
            if media_type is None and (request.method != "POST" or not self._is_streamed(request)):
                raise Refused(406, f"Answers are {GRAPHQL_JSON} or {JSON}, and streams for POST.")
            refuse_another_body(request)
            async with self._tracker.deadline().kept():
                await context.sign_in()
            if isinstance(context.refusal, Unavailable):
                raise HTTPException(503, context.refusal.message)
            await context.start()
            return await self.run(request, context=context)
        except Refusal as refusal:
            return told_alone(refusal.formatted, request, status=refusal.status, headers=refusal.headers)
        except HTTPException as error:
            waiting = {"Retry-After": str(SOON)} if error.status_code == 503 else {}
            problem = {"message": error.reason, "extensions": {"code": CODES.get(error.status_code, BAD_REQUEST)}}
            headers = getattr(error, "headers", {}) | waiting
            return told_alone(problem, request, status=error.status_code, headers=headers)
        except ClientDisconnect:
            raise
        except Exception as error:
            return told_alone(fault(error, place="an HTTP request").formatted, request, status=500)

    def _is_streamed(self, request: Request) -> bool:
        return self._get_stream_transport_from_headers(request.headers) is not None

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:  # noqa: ARG002 (the library's signature)
        """Take a GET for what it asks: there is no page here."""
        return False

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002 (the library's signature)
        """Return the request's context."""
        context: Context = request.state.context
        return context

    async def execute_operation(self, *args: Any, **kwargs: Any) -> Any:
        """Run what was asked for; a stream takes one of its viewer's places, and of those of its address.

        Raises Refusal when there is none, or it is one operation too many; HTTPException (503) when the process drains.
        """
        context, asked = kwargs["context"], kwargs["request_data"]
        assert isinstance(asked, GraphQLRequestData), "the library refuses batches"
        wish = Asked(asked.query, asked.operation_name, asked.variables, asked.extensions)
        await self._tracker.count(wish, context)
        if asked.protocol == "http":
            is_out = context.had_token and context.refusal is not None
            result = refused(context.refusal) if is_out else await super().execute_operation(*args, **kwargs)
            assert isinstance(result, ExecutionResult), "one operation has one result"
            show_refusal(result, response=kwargs["sub_response"], had_token=context.had_token)
            return result
        if self._services.connections.is_draining:
            raise HTTPException(503, "This process is being stopped: send it again.")
        self._take_places(kwargs["request"], context)
        return await super().execute_operation(*args, **kwargs)

    async def execute_single(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        """Run a query or a mutation.

        Raises HTTPException: 405 for anything but a query by GET.
        """
        try:
            return await super().execute_single(*args, **kwargs)
        except HTTPException as error:
            if kwargs["request_adapter"].method == "GET" and isinstance(error.__cause__, InvalidOperationTypeError):
                raise Refused(405, "With GET there are queries only.", Allow="POST") from error
            raise

    def _take_places(self, request: Request, context: Context) -> None:
        """Take what a stream holds until the request ends."""
        places, address = self._services.connections, request.state.address
        try:
            if context.refusal is None:
                places.take(context.viewer)
                context.at_end.callback(places.give_back, context.viewer)
            places.arrive(address)
            context.at_end.callback(places.depart, address)
        except Crowded as error:
            raise Refusal(str(error), code=TOO_MANY_CONNECTIONS, status=429, retry_after=SOON) from error

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
        """Read a request; one by GET is never a stream, and a document that is asked for by its hash is looked up.

        Raises HTTPException (400) for a body that is not an object, or has something else for a name, and Refusal for a
        document that is not trusted.
        """
        try:
            asked = await super().parse_http_body(request)
            assert isinstance(asked, GraphQLRequestData), "the library refuses batches"
            asked.query = self._services.trusted.text(await self._document_of(request, asked))
        except AttributeError as error:
            raise HTTPException(400, "The body is an object with `query`, and `variables` if there are any.") from error
        assert isinstance(asked, GraphQLRequestData), "the library refuses batches"
        if not isinstance(asked.operation_name, str | None):
            raise HTTPException(400, "`operationName` is a string or null, if provided.")
        if request.method == "GET":
            asked.protocol, asked.operation_name = "http", asked.operation_name or None
        return asked

    async def get_sub_response(self, request: Request | WebSocket) -> Response:
        """Return what the answer is to carry: its media type."""
        response = await super().get_sub_response(request)
        response.media_type = request.state.media_type
        return response

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """Return what is told of a result; of what could not begin, or was asked for by nobody, there is no `data`."""
        told = await super().process_result(request, result)
        if is_refused(result) or is_of_nobody(result):
            told.pop("data", None)
        return told

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """Answer; in the newer media type the status tells of what could not begin, in the older it is 200.

        A status that tells who was refused (`show_refusal`) stays.
        """
        response = super().create_response(response_data, sub_response)
        response.headers["Content-Type"] = f"{sub_response.media_type}; charset=utf-8"
        if sub_response.status_code:
            return response
        if sub_response.media_type == GRAPHQL_JSON and isinstance(response_data, dict) and "data" not in response_data:
            response.status_code = status_of(response_data)
        return response

    async def _document_of(self, request: AsyncHTTPRequestAdapter, asked: GraphQLRequestData) -> dict[str, Any]:
        """Return what names the document, which the library leaves out in part."""
        told = {"query": asked.query, "extensions": asked.extensions}
        if asked.query and not self._services.trusted.only:
            return told
        whole: Any = request.query_params if request.method == "GET" else self.decode_json(await request.get_body())
        return {**told, "documentId": whole.get("documentId")}

    def decode_json(self, data: str | bytes) -> object:
        """Read JSON.

        Raises HTTPException (400) for what is nested too deeply.
        """
        decoded = orjson.loads(data)
        if is_too_deep(decoded):
            raise HTTPException(400, "What you send is nested too deeply.")
        return decoded

    def encode_json(self, data: object) -> str:
        """Write JSON, as text: the socket's frames are text frames."""
        return orjson.dumps(data).decode()
