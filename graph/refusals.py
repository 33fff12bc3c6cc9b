"""How HTTP tells of a refusal beside the answer itself: 401 with what to send (RFC 6750), 403."""

from typing import Final

from graphql import GraphQLError
from starlette.responses import Response
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from models.errors import DomainError, ErrorCode

CHALLENGE: Final = 'Bearer realm="session-tracker"'
BAD_TOKEN: Final = f'{CHALLENGE}, error="invalid_token"'


def refused(error: DomainError) -> ExecutionResult:
    """Return the result of an operation that is not begun."""
    return PreExecutionError(data=None, errors=[GraphQLError(error.message, extensions=error.extensions)])


def is_of_nobody(result: ExecutionResult) -> bool:
    """Tell whether nobody is signed in, and so nothing was done of what was asked for."""
    return ErrorCode.UNAUTHENTICATED in _codes(result)


def show_refusal(result: ExecutionResult, *, response: Response, had_token: bool) -> None:
    """Have the response's status tell that nobody is signed in, or that nothing may be had in this role."""
    if is_of_nobody(result):
        response.status_code = 401
        response.headers["WWW-Authenticate"] = BAD_TOKEN if had_token else CHALLENGE
    elif ErrorCode.FORBIDDEN in _codes(result) and result.data is None:
        response.status_code = 403


def _codes(result: ExecutionResult) -> set[object]:
    return {(error.extensions or {}).get("code") for error in result.errors or ()}
