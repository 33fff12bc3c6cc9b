"""The operations of one socket: each under its id, beside the others, and what its peer is told of it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, cast

import orjson
from graphql import GraphQLError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from graph.context import Context
from graph.errors import fault, is_refused
from graph.limits.documents import Asked
from graph.limits.refusals import Refusal, too_many_operations
from graph.schema import TrackerSchema
from graph.services import Services
from graph.transports.messages import is_unavailable
from graph.transports.watch import Watch, Wire


class Operations:
    """Those that are under way: queries and mutations as tasks, and what is watched.

    One that fails, also for a document that cannot be parsed, is answered with an error; the others go on.
    """

    __slots__ = ("_most", "_schema", "_services", "_under_way", "_wire")

    def __init__(self, schema: TrackerSchema, services: Services, *, wire: Wire, most: int) -> None:
        self._schema = schema
        self._services = services
        self._wire = wire
        self._most = most
        self._under_way: dict[str, asyncio.Task[None] | Watch] = {}

    def __contains__(self, key: str) -> bool:
        """Tell whether an operation has this id."""
        return key in self._under_way

    def start(self, key: str, payload: dict[str, Any], context: Context) -> None:
        """Start an operation, unless too many are under way, or the process drains: then the socket closes soon."""
        if len(self._under_way) >= self._most:
            self._say_errors(key, [too_many_operations(most=self._most)])
        elif not self._is_draining:
            self._under_way[key] = asyncio.get_running_loop().create_task(self._run(key, payload, context))

    def complete(self, key: str) -> None:
        """End an operation that the peer has had enough of; it may be over."""
        if (operation := self._under_way.pop(key, None)) is not None:
            operation.cancel()

    def cancel(self) -> None:
        """End all, and say nothing more."""
        under_way, self._under_way = self._under_way, {}
        for operation in under_way.values():
            operation.cancel()

    async def answered(self, *, within: float) -> None:
        """Wait until queries and mutations are answered, for so many seconds at most."""
        if under_way := [each for each in self._under_way.values() if isinstance(each, asyncio.Task)]:
            await asyncio.wait(under_way, timeout=within)

    async def _run(self, key: str, payload: dict[str, Any], context: Context) -> None:
        """Count an operation before anything is done for it, then begin to watch, or answer."""
        schema = self._schema
        try:
            await context.start()
            query = self._services.trusted.text(payload) or ""
            asked = Asked(query, payload.get("operationName"), payload.get("variables"), payload.get("extensions"))
            await schema.count(asked, context)
            if (refused := schema.refused(asked)) is not None:
                self._over(key, refused)
            elif (plan := schema.plans.of(query, asked.name)) is None:
                await self._answer(key, asked, context)
            else:
                watch = Watch(schema.streams, operation_id=key, wire=self._wire, over=self._over)
                self._under_way[key] = watch
                await watch.begin(plan, asked.variables, context, cost=schema.cost_told(asked))
        except Refusal as refusal:
            self._over(key, PreExecutionError(data=None, errors=[refusal]))
        except Exception as error:
            self._over(key, PreExecutionError(data=None, errors=[fault(error, place="an operation over a socket")]))

    async def _answer(self, key: str, asked: Asked, context: Context) -> None:
        """Say what a query or a mutation results in, when the peer has read what was said before."""
        results = await self._schema.stream(
            asked.query, asked.variables, context, operation_name=asked.name, operation_extensions=asked.extensions
        )
        async with aclosing(cast("AsyncGenerator[ExecutionResult, None]", results)) as answers:
            async for result in answers:
                await self._until_writable()
                if is_refused(result):
                    self._over(key, result)
                    return
                self._say_result(key, result)
        self._over(key, None)

    async def _until_writable(self) -> None:
        while not self._wire.is_writable:
            writable = asyncio.Event()
            self._wire.when_writable(writable.set)
            await writable.wait()

    def _over(self, key: str, refusal: ExecutionResult | None) -> None:
        """Tell that an operation has ended, or why it cannot begin; what the drain refuses begins after the restart."""
        if refusal is not None and self._is_draining and is_unavailable(refusal):
            return
        if self._under_way.pop(key, None) is not None:
            if refusal is None:
                self._say({"id": key, "type": "complete"})
            else:
                self._say_errors(key, refusal.errors or [])

    def _say_result(self, key: str, result: ExecutionResult) -> None:
        payload: dict[str, Any] = {"data": result.data}
        if result.errors:
            payload["errors"] = [error.formatted for error in result.errors]
        if result.extensions:
            payload["extensions"] = result.extensions
        self._say({"id": key, "type": "next", "payload": payload})

    def _say_errors(self, key: str, errors: Sequence[GraphQLError]) -> None:
        self._say({"id": key, "type": "error", "payload": [error.formatted for error in errors]})

    def _say(self, message: dict[str, Any]) -> None:
        self._wire.push(orjson.dumps(message))

    @property
    def _is_draining(self) -> bool:
        return self._services.connections.is_draining
