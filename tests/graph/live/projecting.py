"""A document's compiled projection, and what graphql-core's execution makes of the same event."""

import json

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    OperationDefinitionNode,
    execute_subscription_event,
    get_variable_values,
)
from graphql.execution import Executor

from graph.live.projection import Projection, compile_projection
from graph.schema import make_schema

SCHEMA = make_schema(demo=True)


def compiled(
    document: DocumentNode, variables: dict[str, object] | None = None, schema: strawberry.Schema = SCHEMA
) -> Projection | None:
    """Compile the document's operation."""
    operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    values = get_variable_values(schema._schema, operation.variable_definitions or (), variables or {})
    assert not isinstance(values, list), values
    return compile_projection(schema, document, operation, values)


def executed(
    document: DocumentNode,
    event: object,
    variables: dict[str, object] | None = None,
    schema: strawberry.Schema = SCHEMA,
) -> ExecutionResult:
    """Execute the event as graphql-core does for a subscription."""
    executor = Executor.build(schema._schema, document, raw_variable_values=variables)
    assert isinstance(executor, Executor), executor
    result = execute_subscription_event(executor.build_per_event_executor(event))
    assert isinstance(result, ExecutionResult)
    return result


def written(data: object) -> str:
    """Return the JSON of the data, with its keys in their order."""
    return json.dumps(data)
