"""Streams: what a subscription answers with. Each event is executed once for all who asked for the same."""

import asyncio
from collections.abc import AsyncGenerator, Hashable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, cast

import strawberry
from graphql import ExecutionResult as CoreResult
from graphql import Executor, GraphQLError, execute_subscription_event
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from graph.context import Context
from graph.errors import told
from graph.limits.deadlines import Deadline
from graph.limits.refusals import Refusal
from graph.live.payloads import NOTHING, Payload, keep, payload_of
from graph.live.plans import Plan, Selection
from graph.live.roots import Roots
from graph.live.turns import Turns
from models.terms import ChangeReason
from resolvers.live.source import Showing, Subscriber

TOGETHER_SECONDS: Final = 0.02
"""For how long those who are shown the same reading share what is read beside it."""

RETRY_SECONDS: Final = 0.5
OPERATION_SECONDS: Final = 15.0


class CutShort(Exception):
    """The process is being stopped: what was watched goes on, and can be watched elsewhere."""


Variables = dict[str, Any] | None


@dataclass(slots=True, eq=False)
class Execution:
    """An event that graphql-core executes when its turn comes, and how many wait for it."""

    task: asyncio.Task[Payload] | None = None
    waiting: int = 0


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

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        seconds: float = OPERATION_SECONDS,
        hides_names: bool = False,
        turns: Turns | None = None,
    ) -> None:
        self._schema = schema._schema
        self._roots = Roots(schema)
        self._seconds = seconds
        self._hides_names = hides_names
        self._turns = turns or Turns()

    async def run(
        self, plan: Plan, variables: Variables, caller: Context, *, cost: dict[str, Any] | None = None
    ) -> AsyncGenerator[ExecutionResult, None]:
        """Yield a result for each event; a subscription that cannot begin yields one that says why.

        The first carries the `cost`. Raises CutShort when the process drains.
        """
        stream = await self.begin(plan, variables, caller)
        if isinstance(stream, PreExecutionError):
            yield stream
            return
        async with aclosing(stream.subscriber) as subscriber:
            while (showing := await subscriber.next()) is not None:
                payload = self.at_once(stream, showing) or await self.executed(stream, showing)
                if subscriber.is_over:
                    break
                result = payload.result
                result.extensions, cost = cost, None
                yield result
        if caller.services.hub.is_draining:
            raise CutShort

    async def begin(self, plan: Plan, variables: Variables, caller: Context) -> Stream | PreExecutionError:
        """Begin a subscription for a caller as the database has them now, or return why it cannot begin.

        Close the stream's subscriber at the end.
        """
        try:
            async with Deadline(seconds=self._seconds).kept():
                return await self._begin(plan, variables, await caller.for_operation())
        except Refusal as refusal:
            return _refusal([refusal])

    async def _begin(self, plan: Plan, variables: Variables, context: Context) -> Stream | PreExecutionError:
        executor = self._executor(plan, variables, context)
        if isinstance(executor, list):
            return _refusal(executor)
        selection = plan.selection(variables)
        try:
            subscriber = await self._roots.watch(executor)
        except GraphQLError as error:
            return _refusal([error])
        return Stream(subscriber, plan, variables, context, selection)

    def at_once(self, stream: Stream, showing: Showing[Any]) -> Payload | None:
        """Return what the event becomes, if that takes no more than a projection; None when graphql-core has to."""
        payloads, key = showing.event.payloads, (stream.selection, showing.reason)
        payload = payloads.get(key)
        if payload is None and stream.selection.projection is not None:
            try:
                payload = payload_of(stream.selection.projection(stream.subscriber.told(showing)))
            except Exception:
                return None  # graphql-core tells what is wrong, and where in the answer.
            if stream.subscriber.is_one_of_many:
                keep(payloads, key, payload)
        return payload if isinstance(payload, Payload) else None

    async def executed(self, stream: Stream, showing: Showing[Any]) -> Payload:
        """Have graphql-core execute the event, or wait for who is doing so.

        What cannot be read for now is tried again: an event that was told as a failure would never be shown.
        """
        payload = await self._executed_once(stream, showing)
        while payload.is_outage and not stream.subscriber.is_over:
            await asyncio.sleep(RETRY_SECONDS)
            payload = await self._executed_once(stream, showing)
        return payload

    async def _executed_once(self, stream: Stream, showing: Showing[Any]) -> Payload:
        payloads, key = showing.event.payloads, (stream.selection, showing.reason)
        execution = cast("Execution | None", payloads.get(key))
        if execution is None:
            keep(payloads, key, execution := Execution())
            execution.task = asyncio.create_task(self._in_turn(execution, stream, showing))
            execution.task.add_done_callback(lambda done: self._executed(done, showing, key))
        assert execution.task is not None, "it was begun when it was made"
        execution.waiting += 1
        try:
            return await asyncio.shield(execution.task)
        finally:
            execution.waiting -= 1

    def _executed(self, task: "asyncio.Task[Payload]", showing: Showing[Any], key: Hashable) -> None:
        """Forget what is not the same for whoever comes later.

        What such a selection reads beside the state may change without an event, so that who joins reads it anew.
        """
        failed = task.cancelled() or task.exception() is not None or task.result().is_outage
        if failed:
            showing.event.moment.shared.pop(Context, None)
        if failed or showing.reason is ChangeReason.SNAPSHOT:
            showing.event.payloads.pop(key, None)

    async def _in_turn(self, execution: Execution, stream: Stream, showing: Showing[Any]) -> Payload:
        """Execute the event when its turn comes, if somebody still waits for it; else forget it."""
        async with self._turns.taken(stream.plan.cost(stream.variables), by=stream.subscriber.viewer):
            if execution.waiting and not stream.subscriber.source.is_over:
                return await self._execute(stream, showing)
            showing.event.payloads.pop((stream.selection, showing.reason), None)
            return NOTHING

    async def _execute(self, stream: Stream, showing: Showing[Any]) -> Payload:
        executor = self._executor(stream.plan, stream.variables, self._joint_context(stream.context, showing))
        assert isinstance(executor, Executor), "the subscription began with these variables"
        try:
            executed = execute_subscription_event(executor.build_per_event_executor(stream.subscriber.told(showing)))
            if isinstance(executed, CoreResult):
                result = executed
            else:
                async with Deadline(seconds=self._seconds).kept():
                    result = await cast("Any", executed)
        except Refusal as refusal:
            result = CoreResult(None, [refusal])
        except Exception as error:
            result = CoreResult(None, [GraphQLError("The event could not be executed.", original_error=error)])
        return payload_of(result.data, tuple(told(error) for error in result.errors or ()))

    def _executor(self, plan: Plan, variables: Variables, context: Context) -> Executor[Context] | list[GraphQLError]:
        return Executor.build(
            self._schema,
            plan.document,
            context_value=context,
            raw_variable_values=variables,
            operation_name=plan.operation_name,
            hide_suggestions=self._hides_names,
        )

    def _joint_context(self, context: Context, showing: Showing[Any]) -> Context:
        """Return the context whose loaders read for all who are shown events of one reading at about the same time.

        What they have read is as new as that reading, and so not good enough for a later one.
        """
        shared = showing.event.moment.shared
        if Context not in shared:
            shared[Context] = context.for_event()
            asyncio.get_running_loop().call_later(TOGETHER_SECONDS, shared.pop, Context, None)
        return cast("Context", shared[Context])


def _refusal(errors: list[GraphQLError]) -> PreExecutionError:
    return PreExecutionError(data=None, errors=[told(error) for error in errors])
