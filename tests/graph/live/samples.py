"""A schema with fields of every kind, and an event for it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import strawberry
from strawberry.extensions import FieldExtension, SchemaExtension
from strawberry.permission import BasePermission


class Shout(FieldExtension):
    """May change what a field gives."""


class Refusing(BasePermission):
    """Lets nobody see a field."""

    def has_permission(self, *_: Any, **__: Any) -> bool:
        return False


class Wrapping(SchemaExtension):
    """May change what every field gives."""

    def resolve(self, _next: Any, root: Any, info: Any, *args: str, **kwargs: Any) -> Any:
        return _next(root, info, *args, **kwargs)


@strawberry.interface
class Named:
    """An interface."""

    name: str


@strawberry.type
class Dog(Named):
    """One of an interface and of a union."""


@strawberry.type
class Cat:
    """The other of the union."""

    lives: int


@strawberry.type
class Sample:
    """Fields of every kind."""

    name: str
    weight: float
    known: bool
    seen: datetime
    grid: list[list[int | None] | None] | None
    inner: "Sample | None"
    named: Named
    dog: Dog
    either: Dog | Cat
    shouted: str = strawberry.field(extensions=[Shout()])
    hidden: str = strawberry.field(permission_classes=[Refusing])

    @strawberry.field
    def of_self(self) -> str:
        return self.name * 2

    @strawberry.field
    def of_root(*, root: Any) -> str:
        return f"{root.name}!"

    @strawberry.field
    def of_nothing() -> int | None:
        return None

    @strawberry.field
    async def later(self) -> str:
        return self.name

    @strawberry.field
    def informed(self, info: strawberry.Info) -> str:
        return info.field_name

    @strawberry.field
    def argued(self, times: int = 1) -> str:
        return self.name * times


@strawberry.type
class Query:
    """The root of queries."""

    @strawberry.field
    def samples(self) -> Sample | None:
        return None


@strawberry.type
class Subscription:
    """The root of subscriptions."""

    @strawberry.subscription
    async def samples(self) -> AsyncIterator[Sample | None]:
        yield None

    @strawberry.subscription
    async def counts(self) -> AsyncIterator[list[int]]:
        yield []


class Event:
    """A sample as a plain object."""

    def __init__(self, **changes: object) -> None:
        self.name, self.weight, self.known, self.seen = "Rex", 2.5, True, datetime(2026, 3, 31, tzinfo=UTC)
        self.grid: object = [[1, None], None, []]
        self.inner: object = None
        vars(self).update(changes)


SAMPLES = strawberry.Schema(query=Query, subscription=Subscription)
