"""Idempotency keys: a change that is asked for again with its key is not made again.

The key is written in the transaction of the change: either both are there or neither is, whatever breaks off.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from models.database import database, key_parameter, key_read, placeholder, speaks_postgres
from models.errors import IdempotencyKeyReused
from models.identifiers import new_id

T = TypeVar("T")

KEPT: Final = timedelta(hours=24)
LONGEST_KEY: Final = 255
REUSED: Final = (
    "This key came with another change in the last 24 hours: make a new key for each change, and send the same one "
    "again only with the same mutation and input."
)
FORGOTTEN_AT_ONCE: Final = 10
"""How many old keys a new one takes with it: more than come, so that they do not pile up."""


class IdempotencyKey(Model):
    """A change that a caller made with a key, and what it returned: a row, the id of what is gone, or nothing."""

    id = fields.UUIDField(primary_key=True)
    practice_id = fields.UUIDField()
    caller = fields.CharField(max_length=210)
    key = fields.CharField(max_length=LONGEST_KEY)
    fingerprint = fields.CharField(max_length=64)
    entity = fields.CharField(max_length=32, null=True)
    entity_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "idempotency_key"
        constraints = (UniqueConstraint(fields=("practice_id", "caller", "key"), name="idempotency_key_is_unique"),)
        indexes = (Index(fields=("created_at",), name="idempotency_key_by_moment"),)


class Returned(NamedTuple):
    """What a change returned: the model and key of a row, a key alone, or neither."""

    entity: str | None
    entity_id: UUID | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A change that a caller asks for with a key; `recall` makes of what was returned the first time what is now.

    `now` is the machine's time, by which keys age: the practice's is set ahead in demo mode.
    """

    practice_id: UUID
    caller: str
    key: str
    fingerprint: str
    now: datetime
    recall: Callable[[Returned], Awaitable[object]]

    async def once(self, work: Callable[[], Awaitable[T]]) -> T | Returned:
        """Do the work and return what it returns, unless it was done: then what it returned.

        To be called at the start of a unit of work. Another that is at the same key is waited for. Raises
        IdempotencyKeyReused.
        """
        claimed = await self._claim()
        if claimed is None:
            return await self._first()
        result = await work()
        told = _told(result)
        await IdempotencyKey.filter(id=claimed).update(entity=told.entity, entity_id=told.entity_id)
        await self._forget_the_oldest()
        return result

    async def _claim(self) -> UUID | None:
        """Write the key, also over one that is too old; return its id, or None when it is there."""
        row = (key_parameter(new_id(now=self.now)), key_parameter(self.practice_id), self.caller, self.key)
        values = [*row, self.fingerprint, self.now, self.now - KEPT]
        *places, oldest = [placeholder(place) for place in range(1, len(values) + 1)]
        found = await database().execute_query_dict(
            'INSERT INTO idempotency_key (id, practice_id, caller, "key", fingerprint, created_at) '
            f'VALUES ({", ".join(places)}) ON CONFLICT (practice_id, caller, "key") DO UPDATE '
            "SET fingerprint = excluded.fingerprint, created_at = excluded.created_at, entity = NULL, entity_id = NULL "
            f"WHERE idempotency_key.created_at <= {oldest} RETURNING id",
            values,
        )
        return key_read(found[0]["id"]) if found else None

    async def _first(self) -> Returned:
        known = await IdempotencyKey.get(practice_id=self.practice_id, caller=self.caller, key=self.key)
        if known.fingerprint != self.fingerprint:
            raise IdempotencyKeyReused(REUSED, path=["idempotencyKey"])
        return Returned(known.entity, known.entity_id)

    async def _forget_the_oldest(self) -> None:
        """Delete a few keys that are too old; those that somebody is at are left to a later one."""
        skipping = " FOR UPDATE SKIP LOCKED" if speaks_postgres() else ""
        await database().execute_query(
            "DELETE FROM idempotency_key WHERE id IN (SELECT id FROM idempotency_key "
            f"WHERE created_at <= {placeholder(1)} ORDER BY created_at LIMIT {FORGOTTEN_AT_ONCE}{skipping})",
            [self.now - KEPT],
        )


_attempt: ContextVar[Attempt | None] = ContextVar("the attempt whose unit of work is to come", default=None)


@contextmanager
def attempting(attempt: Attempt) -> Iterator[None]:
    """Have the next unit of work of this task be done once for the attempt's key."""
    token = _attempt.set(attempt)
    try:
        yield
    finally:
        _attempt.reset(token)


def take_attempt() -> Attempt | None:
    """Return the attempt that the next unit of work is for, which the one after it is not."""
    attempt = _attempt.get()
    if attempt is not None:
        _attempt.set(None)
    return attempt


def _told(result: object) -> Returned:
    if isinstance(result, Model):
        return Returned(type(result).__name__, result.pk)
    assert result is None or isinstance(result, UUID), "a change returns a row, a key, or nothing"
    return Returned(None, result)
