"""Payloads: what an event becomes, encoded once for all who asked for the same."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Final, cast

import orjson
from graphql import GraphQLError
from strawberry.types import ExecutionResult

from models.errors import ErrorCode

MOST_PAYLOADS: Final = 64
"""How many are kept of one event; who watches by ever other documents is no reason to keep them all."""

BEGIN: Final = b'{"data":'
END: Final = b"}"


@dataclass(frozen=True, slots=True, eq=False)
class Payload:
    """What an event becomes for all who asked for the same: a GraphQL response as JSON, and what went wrong."""

    response: bytes
    errors: tuple[GraphQLError, ...] = ()

    @property
    def is_outage(self) -> bool:
        """Whether something could not be read for now."""
        return any((error.extensions or {}).get("code") == ErrorCode.UNAVAILABLE for error in self.errors)

    @property
    def result(self) -> ExecutionResult:
        """The event as the library's transports take it."""
        data = orjson.Fragment(self.response[len(BEGIN) : -len(END)]) if not self.errors else self._data
        return ExecutionResult(data=cast("Any", data), errors=list(self.errors) or None)

    @property
    def _data(self) -> object:
        return orjson.loads(self.response)["data"]


NOTHING: Final = Payload(b'{"data":null}')
"""What becomes of an event that nobody waits for any more."""


def keep(payloads: dict[Hashable, object], key: Hashable, payload: object) -> None:
    """Keep what an event becomes for some; not for ever more of them."""
    if len(payloads) >= MOST_PAYLOADS:
        payloads.clear()
    payloads[key] = payload


def payload_of(data: object, errors: tuple[GraphQLError, ...] = ()) -> Payload:
    """Return the payload of what was executed, encoded once for all."""
    if errors:
        return Payload(orjson.dumps({"data": data, "errors": [error.formatted for error in errors]}), errors)
    # What orjson returns holds on to its whole buffer, which a kept payload should not.
    return Payload(b"".join((BEGIN, orjson.dumps(data), END)))
