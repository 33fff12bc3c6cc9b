"""How HTTP tells of a refusal."""

import pytest
from graphql import GraphQLError
from starlette.responses import Response
from strawberry.types import ExecutionResult

from graph.refusals import show_refusal

CHALLENGE = 'Bearer realm="session-tracker"'


@pytest.mark.parametrize(
    ("data", "codes", "status", "challenge"),
    [
        ({"viewer": {}}, [], 200, None),
        (None, ["NOT_FOUND"], 200, None),
        (None, ["UNAUTHENTICATED"], 401, CHALLENGE),
        ({"node": None}, ["UNAUTHENTICATED"], 401, CHALLENGE),
        (None, ["FORBIDDEN", "UNAUTHENTICATED"], 401, CHALLENGE),
        (None, ["FORBIDDEN"], 403, None),
        (None, ["NOT_FOUND", "FORBIDDEN"], 403, None),
        ({"client": {}}, ["FORBIDDEN"], 200, None),
    ],
)
def test_the_status_tells_of_a_refusal(
    data: dict[str, object] | None, codes: list[str], status: int, challenge: str | None
) -> None:
    """Of one in whose stead something was had, it does not, unless nobody is signed in."""
    response = Response()
    result = ExecutionResult(data=data, errors=[GraphQLError("No.", extensions={"code": code}) for code in codes])
    show_refusal(result, response=response, had_token=False)
    assert (response.status_code, response.headers.get("WWW-Authenticate")) == (status, challenge)


def test_a_token_that_is_not_good_is_named_in_the_challenge() -> None:
    """As RFC 6750 has it."""
    response = Response()
    result = ExecutionResult(data=None, errors=[GraphQLError("No.", extensions={"code": "UNAUTHENTICATED"})])
    show_refusal(result, response=response, had_token=True)
    assert response.headers["WWW-Authenticate"] == f'{CHALLENGE}, error="invalid_token"'
