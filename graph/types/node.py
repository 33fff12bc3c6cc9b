"""What the API's object types share: the Node interface and connections."""

from typing import Any, Generic, TypeVar
from uuid import UUID

import strawberry
from tortoise.models import Model

from graph.ids import global_id
from models.paging import Page

T = TypeVar("T")


@strawberry.interface(description="Anything with an id of its own.")
class Node:
    """Every type with an id is named as its table's model."""

    @strawberry.field(description="Opaque, and unique among all types.")
    def id(root: strawberry.Parent[Any]) -> strawberry.ID:
        key: UUID = root.id
        return global_id(type(root).__name__, key)


def reads(model: type[Model]) -> Any:
    """Return the test by which GraphQL recognises the rows of a type's model."""

    def is_type_of(row: object, _info: object) -> bool:
        return isinstance(row, model)

    return staticmethod(is_type_of)


@strawberry.type(description="Where a page ends, and whether more follow.")
class PageInfo:
    """As the Relay specification has it; pages go forward."""

    has_next_page: bool = strawberry.field(description="Whether more follow after this page.")
    has_previous_page: bool = strawberry.field(description="Always false: pages go forward.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first on this page.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last on this page, for `after`.")


@strawberry.type(description="One of a page, with its cursor.")
class Edge(Generic[T]):
    """An item and where it stands."""

    node: T = strawberry.field(description="The item.")
    cursor: str = strawberry.field(description="Where it stands, for `after`.")


@strawberry.type(description="A page of items: up to 100, keyed by their place, so that none is skipped or repeated.")
class Connection(Generic[T]):
    """Reads a `Page`."""

    @strawberry.field(description="The items, each with its cursor.")
    def edges(root: strawberry.Parent[Any]) -> list[Edge[T]]:
        page: Page[T] = root
        return [Edge(node=row, cursor=cursor) for row, cursor in zip(page.rows, page.cursors, strict=True)]

    @strawberry.field(description="The items.")
    def nodes(root: strawberry.Parent[Any]) -> list[T]:
        page: Page[T] = root
        return list(page.rows)

    @strawberry.field(description="Where the page ends, and whether more follow.")
    def page_info(root: strawberry.Parent[Any]) -> PageInfo:
        page: Page[T] = root
        return PageInfo(
            has_next_page=page.has_next,
            has_previous_page=False,
            start_cursor=page.cursors[0] if page.cursors else None,
            end_cursor=page.cursors[-1] if page.cursors else None,
        )
