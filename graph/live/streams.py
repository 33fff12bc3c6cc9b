"""Streams: what a subscription answers with. Each event is executed once for all who asked for the same."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID

import orjson
import strawberry
from graphql import ExecutionResult as CoreResult
from graphql import Executor, GraphQLError, execute_subscription_event
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from graph.context import Context
from graph.errors import told
from graph.live.plans import Plan, Selection
from graph.live.roots import Roots
from models.terms import ChangeReason
from resolvers.live.source import Moment, Showing, Subscriber

TOGETHER_SECONDS: Final = 0.005
BEGIN: Final = b'{"data":'
END: Final = b"}"


class CutShort(Exception):
    """The process is being stopped: what was watched goes on, and can be watched elsewhere."""


Variables = dict[str, Any] | None


@dataclass(frozen=True, slots=True, eq=False)
class Payload:
    """What an event becomes for all who asked for the same: a GraphQL response as JSON, and what went wrong."""

    response: bytes
    errors: tuple[GraphQLError, ...] = ()

    @property
    def result(self) -> ExecutionResult:
        """The event as the library's transports take it."""
        data = orjson.Fragment(self.response[len(BEGIN) : -len(END)]) if not self.errors else self._data
        return ExecutionResult(data=cast("Any", data), errors=list(self.errors) or None)

    @property
    def _data(self) -> object:
        return orjson.loads(self.response)["data"]


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """A subscription that has begun: what is watched, and what to make of it."""

    subscriber: Subscriber[Any]
    plan: Plan
    variables: Variables
    context: Context
    selection: Selection


class Streams:
    """Runs the subscriptions of a schema."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema = schema._schema
        self._roots = Roots(schema)
        self._joint: dict[UUID, Context] = {}

    async def run(self, plan: Plan, variables: Variables, context: Context) -> AsyncGenerator[ExecutionResult, None]:
        """Yield a result for each event; a subscription that cannot begin yields one that says why.

        Raises CutShort when the process drains.
        """
        stream = await self.begin(plan, variables, context)
        if isinstance(stream, PreExecutionError):
            yield stream
            return
        async with aclosing(stream.subscriber) as subscriber:
            while (showing := await subscriber.next()) is not None:
                yield (self.at_once(stream, showing) or await self.executed(stream, showing)).result
        if context.services.hub.is_draining:
            raise CutShort

    async def begin(self, plan: Plan, variables: Variables, context: Context) -> Stream | PreExecutionError:
        """Begin a subscription, or return why it cannot begin; close the stream's subscriber at the end."""
        executor = self._executor(plan, variables, context)
        if isinstance(executor, list):
            return _refusal(executor)
        try:
            subscriber = await self._roots.watch(executor)
        except GraphQLError as error:
            return _refusal([error])
        return Stream(subscriber, plan, variables, context, plan.selection(variables))

    def at_once(self, stream: Stream, showing: Showing[Any]) -> Payload | None:
        """Return what the event becomes, if that takes no more than a projection; None when graphql-core has to."""
        payloads, key = showing.event.payloads, (stream.selection, showing.reason)
        payload = payloads.get(key)
        if payload is None and stream.selection.projection is not None:
            try:
                payload = _payload(stream.selection.projection(stream.subscriber.told(showing)))
            except Exception:
                return None  # graphql-core tells what is wrong, and where in the answer.
            if stream.subscriber.is_one_of_many:
                payloads[key] = payload
        return payload if isinstance(payload, Payload) else None

    async def executed(self, stream: Stream, showing: Showing[Any]) -> Payload:
        """Have graphql-core execute the event, or wait for who is doing so."""
        payloads, key = showing.event.payloads, (stream.selection, showing.reason)
        task = cast("asyncio.Task[Payload] | None", payloads.get(key))
        if task is None:
            payloads[key] = task = asyncio.create_task(self._execute(stream, showing))
            if showing.reason is ChangeReason.SNAPSHOT:
                # What such a selection reads beside the state may change without an event: who joins later reads anew.
                task.add_done_callback(lambda _: payloads.pop(key))
        return await asyncio.shield(task)

    async def _execute(self, stream: Stream, showing: Showing[Any]) -> Payload:
        executor = self._executor(stream.plan, stream.variables, self._joint_context(stream.context, showing))
        assert isinstance(executor, Executor), "the subscription began with these variables"
        try:
            executed = execute_subscription_event(executor.build_per_event_executor(stream.subscriber.told(showing)))
            result = executed if isinstance(executed, CoreResult) else await cast("Any", executed)
        except Exception as error:
            result = CoreResult(None, [GraphQLError("The event could not be executed.", original_error=error)])
        return _payload(result.data, tuple(told(error) for error in result.errors or ()))

    def _executor(self, plan: Plan, variables: Variables, context: Context) -> Executor[Context] | list[GraphQLError]:
        return Executor.build(
            self._schema,
            plan.document,
            context_value=context,
            raw_variable_values=variables,
            operation_name=plan.operation_name,
        )

    def _joint_context(self, context: Context, showing: Showing[Any]) -> Context:
        """Return the context whose loaders read for all events of one reading, or for all who join about now."""
        practice_id = context.viewer.practice_id
        if showing.reason is not ChangeReason.SNAPSHOT:
            return cast("Context", showing.event.moment.shared.setdefault(Moment, context.for_event()))
        if practice_id not in self._joint:
            self._joint[practice_id] = context.for_event()
            asyncio.get_running_loop().call_later(TOGETHER_SECONDS, self._joint.pop, practice_id)
        return self._joint[practice_id]


def _payload(data: object, errors: tuple[GraphQLError, ...] = ()) -> Payload:
    if errors:
        return Payload(orjson.dumps({"data": data, "errors": [error.formatted for error in errors]}), errors)
    # What orjson returns holds on to its whole buffer, which a kept payload should not.
    return Payload(b"".join((BEGIN, orjson.dumps(data), END)))


def _refusal(errors: list[GraphQLError]) -> PreExecutionError:
    return PreExecutionError(data=None, errors=[told(error) for error in errors])
