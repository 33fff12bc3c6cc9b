"""The schema: what is in it, in demo mode and otherwise."""

from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from typing import Any, cast

import strawberry
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.schema.schema import StreamResult
from strawberry.tools import merge_types
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

import graph.types.enums  # noqa: F401 (marks the domain's enums)
from graph.context import Context
from graph.errors import told
from graph.limits.deadlines import Deadline
from graph.limits.documents import Asked, documents_of
from graph.limits.refusals import Refusal
from graph.live.plans import Plans
from graph.live.streams import Streams
from graph.mutations.appointments import AppointmentMutations
from graph.mutations.demo import DemoMutations
from graph.mutations.once import with_keys
from graph.mutations.practice import PracticeMutations
from graph.mutations.trackers import TrackerMutations
from graph.permissions import guard, refuse_unlisted
from graph.queries import Query
from graph.scalars import CONFIG
from graph.subscriptions import Subscription
from models.limits import LimitSettings


class Reading(SchemaExtension):
    """Takes the document as it was read: it has been parsed and found valid."""

    def on_parse(self) -> Iterator[None]:
        """Look the document up."""
        context = self.execution_context
        if context.query and isinstance(context.schema, TrackerSchema):
            context.graphql_document = context.schema.documents.read(context.query).node
            context.validation_rules = ()
        yield


class TrackerSchema(strawberry.Schema):
    """Gives every operation over a socket a context of its own: one connection has many operations, over hours.

    Subscriptions are run by `graph.live`, which executes each event once for all who watch the same. What is
    asked for is held to the limits before it runs: here to those of its document, its cost and its time.
    """

    def __init__(self, *args: Any, limits: LimitSettings, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        refuse_unlisted(self._schema)
        guard(self._schema)
        self._hides_names = not limits.introspection
        self._seconds = limits.operation_seconds
        self.documents = documents_of(self._schema, limits)
        self.plans = Plans(self, self.documents)
        self.streams = Streams(self, seconds=self._seconds, hides_names=self._hides_names)

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Run a query or a mutation; a subscription needs a transport that streams.

        Where it cannot be told which operation is meant, the answer is as to a document that is not valid.
        """
        asked = Asked(query, operation_name, variable_values, operation_extensions)
        if (refused := self.refused(asked)) is not None:
            return refused
        allowed = set(allowed_operation_types or OperationType) - {OperationType.SUBSCRIPTION}
        try:
            async with self.deadline().kept():
                result = await super().execute(
                    query,
                    variable_values=variable_values,
                    context_value=context_value,
                    root_value=root_value,
                    operation_name=operation_name,
                    allowed_operation_types=allowed,
                    operation_extensions=operation_extensions,
                )
        except Refusal as refusal:
            result = ExecutionResult(data=None, errors=[refusal])
        except CannotGetOperationTypeError as error:
            problem = GraphQLError(error.as_http_error_reason(), original_error=error)
            return PreExecutionError(data=None, errors=[told(problem)])
        return self._with_cost(result, asked)

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
    ) -> StreamResult:
        """Run one operation of a streaming transport."""
        assert isinstance(context_value, Context), "every transport makes a context"
        asked, deadline = Asked(query, operation_name, variable_values, operation_extensions), self.deadline()
        if (refused := self.refused(asked)) is not None:
            return _once(refused)
        if (plan := self.plans.of(query or "", operation_name)) is not None:
            return self.streams.run(plan, variable_values, context_value, cost=self.cost_told(asked))
        try:
            async with deadline.kept():
                context = await context_value.for_operation()
        except Refusal as refusal:
            return _once(PreExecutionError(data=None, errors=[refusal]))
        results = await super().stream(
            query,
            variable_values=variable_values,
            context_value=context,
            root_value=root_value,
            operation_name=operation_name,
            operation_extensions=operation_extensions,
            allowed_operation_types=allowed_operation_types,
        )
        return self._in_time(cast("AsyncGenerator[ExecutionResult, None]", results), asked, deadline)

    async def _in_time(
        self, results: AsyncGenerator[ExecutionResult, None], asked: Asked, deadline: Deadline
    ) -> AsyncGenerator[ExecutionResult, None]:
        """Yield the result of a query or a mutation, or that it has taken too long."""
        async with aclosing(results):
            try:
                async with deadline.kept():
                    result = await anext(results)
            except Refusal as refusal:
                result = ExecutionResult(data=None, errors=[refusal])
            yield self._with_cost(result, asked)

    def deadline(self) -> Deadline:
        """Return until when what is begun now may take."""
        return Deadline(seconds=self._seconds)

    def refused(self, asked: Asked) -> PreExecutionError | None:
        """Return why what is asked for cannot run; a request without a document is the library's to refuse."""
        if not asked.query:
            return None
        document = self.documents.read(asked.query)
        errors = document.errors
        if not errors and document.operations is not None:
            errors = document.operations.refused(asked.name, asked.variables)
        return PreExecutionError(data=None, errors=[told(error) for error in errors]) if errors else None

    async def count(self, asked: Asked, context: Context) -> None:
        """Count what is asked for by what it takes: first to read it, and then, where it is not refused, to run it.

        Each further selection of a subscription counts, as it is compiled. Raises Refusal when it is too much.
        """
        if not asked.query:
            return
        if weight := self.documents.weight(asked.query):
            await context.start(operations=weight)
        document = self.documents.read(asked.query)
        runs = None if document.errors else document.operations
        if runs and (weight := runs.weight(asked.name, asked.variables)):
            await context.start(operations=weight)
        if runs and not self.refused(asked) and (plan := self.plans.of(asked.query, asked.name)) is not None:
            if weight := plan.weight(asked.variables):
                await context.start(operations=weight)
            plan.account_for(asked.variables)

    def cost_told(self, asked: Asked) -> dict[str, Any] | None:
        """Return what an operation costs, as it is told to who asks for it."""
        operations = self.documents.read(asked.query or "").operations if asked.wants_cost else None
        return {"cost": operations.cost(asked.name, asked.variables)} if operations is not None else None

    def _with_cost(self, result: ExecutionResult, asked: Asked) -> ExecutionResult:
        if (cost := self.cost_told(asked)) is not None:
            result.extensions = {**(result.extensions or {}), **cost}
        return result

    def _get_custom_context_kwargs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Have graphql-core suggest no names in what it says about variables, where the schema is not to be known."""
        return {**super()._get_custom_context_kwargs(*args, **kwargs), "hide_suggestions": self._hides_names}

    async def _handle_execution_result(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        """Let only what may be told out of any result: of a query, a mutation, an event, a request at fault."""
        result = await super()._handle_execution_result(*args, **kwargs)
        if result.errors:
            result.errors = [told(error) for error in result.errors]
        return result

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Leave logging to `graph.errors`, which knows expected failures from faults."""


async def _once(result: ExecutionResult) -> AsyncGenerator[ExecutionResult, None]:
    yield result


def make_schema(*, demo: bool, limits: LimitSettings | None = None) -> TrackerSchema:
    """Return the schema; `advanceClock` is in it in demo mode only."""
    mutations: tuple[type, ...] = (AppointmentMutations, TrackerMutations, PracticeMutations)
    mutation = strawberry.type(
        merge_types("Mutation", (*mutations, DemoMutations) if demo else mutations),
        description="What can be changed. Each takes one input and answers with the changed entity and `errors`.",
    )
    return TrackerSchema(
        query=Query,
        mutation=with_keys(mutation),
        subscription=Subscription,
        config=CONFIG,
        extensions=[Reading],
        limits=limits or LimitSettings(),
    )
