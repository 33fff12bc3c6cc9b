"""Messages of graphql-transport-ws, as clients send them."""

from typing import Any, Final, TypeGuard

from strawberry.types import ExecutionResult

from models.errors import ErrorCode

OF_AN_OPERATION: Final = frozenset({"subscribe", "complete"})
OF_THE_SOCKET: Final = frozenset({"connection_init", "ping", "pong"})


def is_message(said: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether it is a message that clients send: an object of a known type whose fields have the right types."""
    if not isinstance(said, dict):
        return False
    kind, payload = said.get("type"), said.get("payload")
    if not isinstance(kind, str):
        return False
    if kind in OF_THE_SOCKET:
        return isinstance(payload, dict | None)
    if kind not in OF_AN_OPERATION or not isinstance(said.get("id"), str):
        return False
    return kind == "complete" or (
        isinstance(payload, dict)
        and (isinstance(payload.get("query"), str) or _names_a_document(payload))
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
        and isinstance(payload.get("extensions"), dict | None)
    )


def _names_a_document(payload: dict[str, Any]) -> bool:
    """Tell whether a document is asked for by its hash."""
    has_none = payload.get("query") is None
    return has_none and (isinstance(payload.get("documentId"), str) or isinstance(payload.get("extensions"), dict))


def is_utf8(message: bytes) -> bool:
    """Tell whether a message that is no JSON is text at all (RFC 6455, section 8.1)."""
    try:
        message.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_unavailable(result: ExecutionResult) -> bool:
    """Tell whether an operation cannot begin because what it needs is not there now."""
    return any((error.extensions or {}).get("code") == ErrorCode.UNAVAILABLE for error in result.errors or ())
