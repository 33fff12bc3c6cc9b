"""How HTTP tells of a refusal beside the answer itself: 401 with what to send (RFC 6750), 403, and the others."""

from collections.abc import Mapping
from typing import Any, Final, cast

import orjson
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from strawberry.http import GraphQLHTTPResponse
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from graph.errors import INTERNAL
from graph.limits.refusals import TIMEOUT
from models.errors import DomainError, ErrorCode

CHALLENGE: Final = 'Bearer realm="session-tracker"'
BAD_TOKEN: Final = f'{CHALLENGE}, error="invalid_token"'
STATUSES: Final = {INTERNAL: 500, TIMEOUT: 503}


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


def status_of(answer: GraphQLHTTPResponse) -> int:
    """Return whose fault it is that an operation could not begin, or did not end in time."""
    codes = [cast("dict[str, Any]", error)["extensions"]["code"] for error in answer.get("errors") or ()]
    return next((STATUSES[code] for code in codes if code in STATUSES), 400)


def told_alone(
    problem: Mapping[str, Any], request: Request, *, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an answer with nothing but a problem, in the media type that was found to be wanted."""
    sent = {"Content-Type": f"{request.state.media_type}; charset=utf-8", **(headers or {})}
    return Response(orjson.dumps({"errors": [problem]}), status_code=status, headers=sent)


def _codes(result: ExecutionResult) -> set[object]:
    return {(error.extensions or {}).get("code") for error in result.errors or ()}
