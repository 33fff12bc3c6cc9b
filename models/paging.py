"""Keyset paging: pages that neither skip nor repeat a row while others write."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import orjson
from tortoise.expressions import Expression, F, Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.errors import InvalidCursor, InvalidPageSize

DEFAULT_PAGE: Final = 20
MAX_PAGE: Final = 100
LARGEST: Final = 2**31 - 1
T = TypeVar("T")
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Order:
    """A total order of rows: by an expression that is never null, then by id. `name` goes into cursors."""

    name: str
    by: Expression
    kind: type[str] | type[int] | type[date] | type[datetime]
    descending: bool = False


BY_NUMBER: Final = Order("numbers", F("number"), int, descending=True)
NO_ID: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows in order, the cursor of each, and whether more follow."""

    rows: Sequence[T]
    cursors: Sequence[str]
    has_next: bool


async def read_page(rows: QuerySet[Row], *, order: Order, first: int, after: str | None) -> Page[Row]:
    """Return the `first` rows (1 to 100) that come after the cursor.

    Raises InvalidPageSize or InvalidCursor.
    """
    check_page_size(first)
    rows = rows.annotate(sort_key=order.by)
    if after is not None:
        key, row_id = decode_cursor(after, order=order)
        step = "lt" if order.descending else "gt"
        # The first condition follows from the second; by it alone an index is entered at the place.
        rows = rows.filter(**{f"sort_key__{step}e": key})
        rows = rows.filter(Q(**{f"sort_key__{step}": key}) | Q(**{"sort_key": key, f"id__{step}": row_id}))
    sign = "-" if order.descending else ""
    found = await rows.order_by(f"{sign}sort_key", f"{sign}id").limit(first + 1)
    page = found[:first]
    cursors = [encode_cursor(getattr(row, "sort_key"), row.pk, order=order) for row in page]  # noqa: B009 (annotated)
    return Page(page, cursors, len(found) > first)


def check_page_size(first: int) -> None:
    """Raise InvalidPageSize unless `first` is between 1 and 100."""
    if not 1 <= first <= MAX_PAGE:
        raise InvalidPageSize(f"Ask for 1 to {MAX_PAGE} at a time: `first` is {first}.", path=["first"])


def encode_cursor(key: object, row_id: UUID, *, order: Order) -> str:
    """Return the opaque cursor of a row."""
    return base64.urlsafe_b64encode(orjson.dumps([order.name, key, str(row_id)])).decode()


def decode_cursor(cursor: str, *, order: Order) -> tuple[Any, UUID]:
    """Return the sort key and the id in a cursor.

    Raises InvalidCursor when it is not one of this order.
    """
    try:
        name, key, row_id = orjson.loads(base64.urlsafe_b64decode(cursor.encode()))
        if name != order.name:
            raise ValueError(name)
        read = order.kind.fromisoformat if issubclass(order.kind, date) else order.kind
        return _storable(read(key)), UUID(row_id)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, binascii.Error) as error:
        raise InvalidCursor(
            "This is not a cursor of this list in this order: pass `endCursor` of the page before, unchanged.",
            path=["after"],
        ) from error


def _storable(key: Any) -> Any:
    """Return a key that a database can compare with. Raises ValueError for one that no row can have."""
    if (isinstance(key, int) and abs(key) > LARGEST) or (isinstance(key, str) and "\x00" in key):
        raise ValueError(key)
    if isinstance(key, datetime):
        if key.tzinfo is None:
            raise ValueError(key)
        return key.astimezone(UTC)
    return key


def page_of(rows: Sequence[T], *, key: Callable[[T], int], first: int, after: str | None) -> Page[T]:
    """Return a page of rows that are all at hand, in descending order of `key`, a number unique among them.

    Raises InvalidPageSize or InvalidCursor.
    """
    check_page_size(first)
    if after is not None:
        last, _ = decode_cursor(after, order=BY_NUMBER)
        rows = [row for row in rows if key(row) < last]
    page = rows[:first]
    return Page(page, [encode_cursor(key(row), NO_ID, order=BY_NUMBER) for row in page], len(rows) > first)
