"""Refusals: what is told to who asked too much, with a code and, where waiting helps, for how long."""

from collections.abc import Mapping
from math import ceil
from typing import Final

from graphql import GraphQLError

RATE_LIMITED: Final = "RATE_LIMITED"
TIMEOUT: Final = "TIMEOUT"
TOO_MANY_CONNECTIONS: Final = "TOO_MANY_CONNECTIONS"
TOO_MANY_OPERATIONS: Final = "TOO_MANY_OPERATIONS"
BODY_TOO_LARGE: Final = "BODY_TOO_LARGE"
NOT_FOUND: Final = "PERSISTED_QUERY_NOT_FOUND"
NOT_TRUSTED: Final = "DOCUMENT_NOT_TRUSTED"
SOON: Final = 5
"""After so many seconds it is worth asking again for a place that others hold."""


class Refusal(GraphQLError):
    """A request that is not served; `status` is what HTTP calls it, `retry_after` is in seconds."""

    def __init__(self, message: str, *, code: str, status: int, retry_after: float | None = None) -> None:
        self.status = status
        self.retry_after = None if retry_after is None else max(1, ceil(retry_after))
        waiting = {} if retry_after is None else {"retryAfter": self.retry_after}
        super().__init__(message, extensions={"code": code, **waiting})

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that go with it; what is left of a body that is too long is not read."""
        waiting = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return waiting | ({"Connection": "close"} if self.status == 413 else {})


def too_fast(*, retry_after: float) -> Refusal:
    """Return what is told to who has started too many operations."""
    text = "You start operations faster than you may: wait a little."
    return Refusal(text, code=RATE_LIMITED, status=429, retry_after=retry_after)


def too_slow(*, seconds: float) -> Refusal:
    """Return what is told when an operation has taken too long; a change may have been made all the same."""
    text = f"This took more than {seconds:g} seconds and was given up. A change may have been made all the same."
    return Refusal(text, code=TIMEOUT, status=503, retry_after=SOON)


def too_large(*, most: int) -> Refusal:
    """Return what is told about a body that is too long."""
    return Refusal(f"A body has {most} bytes at most.", code=BODY_TOO_LARGE, status=413)


def too_many_operations(*, most: int) -> Refusal:
    """Return what is told to who runs too many operations over one socket."""
    text = f"No more than {most} operations run at a time over one socket."
    return Refusal(text, code=TOO_MANY_OPERATIONS, status=429, retry_after=SOON)
