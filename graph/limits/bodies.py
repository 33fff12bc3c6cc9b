"""How long the body of a request may be: what is beyond is not read."""

from typing import Final

from starlette.types import Message, Receive, Scope

from graph.limits.refusals import too_large

BODY_BYTES: Final = 256 * 1024


def bounded(scope: Scope, receive: Receive) -> Receive:
    """Return what receives a body of 256 KiB at most.

    What it returns raises Refusal; at once when the request says that its body is longer.
    """
    said = dict(scope["headers"]).get(b"content-length", b"")
    is_too_long = said.isdigit() and int(said) > BODY_BYTES
    received = 0

    async def receive_so_much() -> Message:
        nonlocal received
        if is_too_long:
            raise too_large(most=BODY_BYTES)
        message = await receive()
        received += len(message.get("body", b""))
        if received > BODY_BYTES:
            raise too_large(most=BODY_BYTES)
        return message

    return receive_so_much
