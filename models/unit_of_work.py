"""The unit of work: the only place that opens a transaction, and one that a cancelled caller cannot break."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Final, TypeVar, cast

import asyncpg
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.transactions import in_transaction

from models.constraints import refusal_of
from models.errors import Conflict
from models.idempotency import Returned, take_attempt

T = TypeVar("T")

ATTEMPTS: Final = 3
_log = logging.getLogger(__name__)
_running: set[asyncio.Task[object]] = set()
_inside: ContextVar[bool] = ContextVar("inside a unit of work", default=False)
_listeners: set[Callable[[], None]] = set()


async def unit_of_work(work: Callable[[], Awaitable[T]], *, announced: bool = True) -> T:
    """Run `work` in one transaction and return what it returns, committed.

    The transaction runs in a task of its own: when the caller is cancelled it still commits or rolls back whole. After
    a deadlock the work is run again from the start, so it must have no effect outside the database that cannot be
    repeated. `announced` calls the listeners of `on_commit`. What is attempted with an idempotency key is done once for
    that key; again, it returns what it returned, as that is now. Raises what the work raises; a broken constraint
    becomes its domain error.
    """
    if _inside.get():
        raise RuntimeError("A unit of work does not contain another: it would wait for itself.")
    attempt = take_attempt()
    if attempt is None:
        return await _shielded(work, announced=announced)
    outcome = await _shielded(lambda: attempt.once(work), announced=announced)
    # It was returned as what the work of the same fingerprint returns.
    return cast(T, await attempt.recall(outcome)) if isinstance(outcome, Returned) else outcome


def on_commit(listener: Callable[[], None]) -> Callable[[], None]:
    """Have `listener` called after each commit in this process; return what ends that."""
    _listeners.add(listener)
    return lambda: _listeners.discard(listener)


async def all_finished() -> None:
    """Wait until no unit of work is running, as before closing the database."""
    while _running:
        await asyncio.wait(_running)


async def _shielded(work: Callable[[], Awaitable[T]], *, announced: bool) -> T:
    task = asyncio.ensure_future(_committed(work, announced=announced))
    _running.add(task)
    task.add_done_callback(_finished)
    return await asyncio.shield(task)


async def _committed(work: Callable[[], Awaitable[T]], *, announced: bool) -> T:
    _inside.set(True)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            async with in_transaction():
                result = await work()
        except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError) as error:
            if attempt == ATTEMPTS:
                raise Conflict("Others are changing the same data right now: try again.") from error
        except IntegrityError as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            raise refusal from error
        except OperationalError as error:
            if "database is locked" in str(error):
                raise Conflict("Others are writing right now: try again.") from error
            raise
        else:
            for listener in tuple(_listeners) if announced else ():
                listener()
            return result
    raise AssertionError("unreachable: the last attempt returns or raises")


def _finished(task: asyncio.Task[object]) -> None:
    _running.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.debug("A unit of work was rolled back: %r", error)
