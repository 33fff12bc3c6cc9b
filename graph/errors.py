"""How failures are told: domain errors by their code, requests at fault by the standard ones, faults of ours masked."""

import logging
import secrets
from typing import Final

from graphql import GraphQLError, GraphQLSyntaxError, VariableDefinitionNode
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from models.errors import DomainError
from models.outages import outage_of

_log = logging.getLogger(__name__)
PARSE_FAILED: Final = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED: Final = "GRAPHQL_VALIDATION_FAILED"
BAD_INPUT: Final = "BAD_USER_INPUT"
OF_A_VALUE: Final = ("has invalid value", "was not provided", "must not be null")
NO_OPERATION: Final = (CannotGetOperationTypeError, InvalidOperationTypeError, MissingQueryError)
INTERNAL: Final = "INTERNAL_SERVER_ERROR"


def told(error: GraphQLError) -> GraphQLError:
    """Return the error as a client may see it, with a stable `extensions.code`.

    A database that cannot be reached is told as such. What is not an expected failure is logged with a correlation id,
    and only that id is told.
    """
    cause = error.original_error
    if isinstance(cause, DomainError) or (error.extensions or {}).get("code"):
        return error
    if isinstance(error, GraphQLSyntaxError):
        return _coded(error, PARSE_FAILED)
    if isinstance(cause, NO_OPERATION):
        return _coded(error, BAD_INPUT)
    if cause is None or isinstance(cause, GraphQLError):
        at_fault = BAD_INPUT if error.path is not None or _is_of_a_variable(error) else VALIDATION_FAILED
        return _coded(error, at_fault)
    if (outage := outage_of(cause)) is not None:
        _log.warning("The database cannot be reached, at %s: %r", error.path, cause)
        return GraphQLError(
            outage.message, nodes=error.nodes, path=error.path, original_error=outage, extensions=outage.extensions
        )
    masked = fault(cause, place=error.path)
    return GraphQLError(masked.message, nodes=error.nodes, path=error.path, extensions=masked.extensions)


def fault(cause: BaseException, *, place: object) -> GraphQLError:
    """Log a fault of ours, where it happened, and return what is told of it: the id by which it is found in the log."""
    correlation_id = secrets.token_hex(8)
    _log.error("Fault %s at %s", correlation_id, place, exc_info=cause)
    text = f"Something went wrong on our side. Tell us this id: {correlation_id}"
    return GraphQLError(text, extensions={"code": INTERNAL, "correlationId": correlation_id})


def is_refused(result: ExecutionResult) -> bool:
    """Tell whether what was asked for could not begin: a request error (GraphQL, section 7.1), which has no data."""
    if isinstance(result, PreExecutionError):
        return True
    return result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())


def _is_of_a_variable(error: GraphQLError) -> bool:
    """Tell whether the document is fine and the value of a variable is not."""
    of_a_variable = bool(error.nodes) and all(isinstance(node, VariableDefinitionNode) for node in error.nodes or ())
    return of_a_variable and any(phrase in error.message for phrase in OF_A_VALUE)


def _coded(error: GraphQLError, code: str) -> GraphQLError:
    error.extensions = {**(error.extensions or {}), "code": code}
    return error
