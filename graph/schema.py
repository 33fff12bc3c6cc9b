"""The schema: what is in it, in demo mode and otherwise."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import strawberry
from graphql import DocumentNode, GraphQLError, GraphQLSyntaxError, OperationDefinitionNode
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.schema.schema import StreamResult
from strawberry.tools import merge_types
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

import graph.types.enums  # noqa: F401 (marks the domain's enums)
from graph.context import Context
from graph.errors import told
from graph.live.plans import Plans
from graph.live.streams import Streams
from graph.mutations.appointments import AppointmentMutations
from graph.mutations.demo import DemoMutations
from graph.mutations.once import with_keys
from graph.mutations.practice import PracticeMutations
from graph.mutations.trackers import TrackerMutations
from graph.permissions import refuse_unlisted
from graph.queries import Query
from graph.scalars import CONFIG
from graph.subscriptions import Subscription

CACHED_DOCUMENTS = 1000


class Parser(ParserCache):
    """Parses each document once; one that cannot be parsed is left to the library, which tells it on all transports.

    So is one with several operations of which none is named (GraphQL, section 6.1), by an error that the library knows.
    """

    def on_parse(self) -> Iterator[None]:
        """Look the document up, or parse it."""
        context = self.execution_context
        with suppress(GraphQLSyntaxError):
            context.graphql_document = self.cached_parse_document(context.query, **context.parse_options)
            if context._provided_operation_name is None and _operations(context.graphql_document) > 1:
                raise Ambiguous(None)
        yield


def _operations(document: DocumentNode) -> int:
    return sum(isinstance(definition, OperationDefinitionNode) for definition in document.definitions)


class Ambiguous(CannotGetOperationTypeError):
    """Several operations and no name: the library would run the first."""

    def as_http_error_reason(self) -> str:
        """Return what is told."""
        return "The document has several operations: say in `operationName` which is meant."


class TrackerSchema(strawberry.Schema):
    """Gives every operation over a socket a context of its own: one connection has many operations, over hours.

    Subscriptions are run by `graph.live`, which executes each event once for all who watch the same.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        refuse_unlisted(self._schema)
        self.plans = Plans(self)
        self.streams = Streams(self)

    async def execute(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        """Run a query or a mutation; a subscription needs a transport that streams.

        Where it cannot be told which operation is meant, the answer is as to a document that is not valid.
        """
        allowed = set(kwargs.pop("allowed_operation_types", None) or OperationType) - {OperationType.SUBSCRIPTION}
        kwargs["allowed_operation_types"] = allowed
        try:
            return await super().execute(*args, **kwargs)
        except CannotGetOperationTypeError as error:
            return PreExecutionError(
                data=None, errors=[told(GraphQLError(error.as_http_error_reason(), original_error=error))]
            )

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
        context = await context_value.for_operation()
        if (plan := self.plans.of(query or "", operation_name)) is not None:
            return self.streams.run(plan, variable_values, context)
        return await super().stream(
            query,
            variable_values=variable_values,
            context_value=context,
            root_value=root_value,
            operation_name=operation_name,
            operation_extensions=operation_extensions,
            allowed_operation_types=allowed_operation_types,
        )

    async def _handle_execution_result(self, *args: Any, **kwargs: Any) -> ExecutionResult:
        """Let only what may be told out of any result: of a query, a mutation, an event, a request at fault."""
        result = await super()._handle_execution_result(*args, **kwargs)
        if result.errors:
            result.errors = [told(error) for error in result.errors]
        return result

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Leave logging to `graph.errors`, which knows expected failures from faults."""


def make_schema(*, demo: bool) -> TrackerSchema:
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
        extensions=[
            lambda: Parser(maxsize=CACHED_DOCUMENTS),
            lambda: ValidationCache(maxsize=CACHED_DOCUMENTS),
        ],
    )
