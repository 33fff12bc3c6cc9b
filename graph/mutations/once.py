"""The idempotency key of every mutation, and what it is the key of."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from typing import Annotated, Any, Final

import strawberry
from strawberry import UNSET
from strawberry.extensions import FieldExtension
from strawberry.extensions.field_extension import AsyncExtensionResolver
from strawberry.types.base import get_object_definition

from graph.context import Info
from resolvers.idempotency import Asked

ARGUMENT: Final = "idempotency_key"
MEANING: Final = (
    "New for each change, such as a UUID; up to 255 characters. A change that is sent again with its key within 24 "
    "hours is answered, and not made again."
)
IdempotencyKey = Annotated[str | None, strawberry.argument(description=MEANING)]
"""The argument of a mutation that takes no input."""


@strawberry.input
class Keyed:
    """What the input of every mutation has."""

    idempotency_key: str | None = strawberry.field(default=None, description=MEANING)


class Once(FieldExtension):
    """Notes in the context, for `answer`, with which key a mutation is asked for."""

    async def resolve_async(self, next_: AsyncExtensionResolver, source: Any, info: Info, **given: Any) -> Any:
        """Run the mutation."""
        context = info.context
        key = given[ARGUMENT] if ARGUMENT in given else getattr(given.get("input"), ARGUMENT, None)
        context.asked = None
        if key is not None:
            context.asked = Asked(key, fingerprint(info.field_name, given), context.services.wall_clock.now())
        return await next_(source, info, **given)


def with_keys(mutations: type) -> type:
    """Return the type of the mutations, each made once for a key."""
    for field in get_object_definition(mutations, strict=True).fields:
        if not any(isinstance(extension, Once) for extension in field.extensions):
            field.extensions.append(Once())
    return mutations


def fingerprint(mutation: str, given: Mapping[str, object]) -> str:
    """Return what is the same for the same mutation of the same input, however that is written, and for no other."""
    return sha256(json.dumps([mutation, _said(given)], sort_keys=True, default=str).encode()).hexdigest()


def _said(value: object) -> object:
    """Return what an argument says, without the key, and without what was left out."""
    if is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: _said(inner) for name, inner in value.items() if name != ARGUMENT and inner is not UNSET}
    return [_said(inner) for inner in value] if isinstance(value, list) else value
