"""How failures are told: domain errors by their code, requests at fault by the standard ones, faults of ours masked."""

import logging
import secrets
from collections.abc import Iterator
from typing import Final

from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import StreamExecutionResult

from models.errors import DomainError

_log = logging.getLogger(__name__)
PARSE_FAILED: Final = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED: Final = "GRAPHQL_VALIDATION_FAILED"
BAD_INPUT: Final = "BAD_USER_INPUT"
INTERNAL: Final = "INTERNAL_SERVER_ERROR"


def told(error: GraphQLError) -> GraphQLError:
    """Return the error as a client may see it, with a stable `extensions.code`.

    What is not an expected failure is logged with a correlation id, and only that id is told.
    """
    cause = error.original_error
    if isinstance(cause, DomainError) or (error.extensions or {}).get("code"):
        return error
    if isinstance(error, GraphQLSyntaxError):
        return _coded(error, PARSE_FAILED)
    if error.path is None:
        return _coded(error, VALIDATION_FAILED)
    if cause is None or isinstance(cause, GraphQLError):
        return _coded(error, BAD_INPUT)
    correlation_id = secrets.token_hex(8)
    _log.error("Fault %s at %s", correlation_id, error.path, exc_info=cause)
    return GraphQLError(
        f"Something went wrong on our side. Tell us this id: {correlation_id}",
        nodes=error.nodes,
        path=error.path,
        extensions={"code": INTERNAL, "correlationId": correlation_id},
    )


class ToldErrors(SchemaExtension):
    """Replaces the errors of every result by what may be told."""

    def on_operation(self) -> Iterator[None]:
        """Tell the errors of a query or mutation."""
        yield
        result = self.execution_context.result
        errors = getattr(result, "errors", None)
        if result is not None and errors:
            result.errors = [told(error) for error in errors]

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        """Tell the errors of one event of a subscription."""
        errors = getattr(result, "errors", None)
        if errors:
            result.errors = [told(error) for error in errors]  # type: ignore[union-attr]  # it has errors
        yield


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {**(error.extensions or {}), "code": code}
    return error
