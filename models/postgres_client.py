"""Tortoise's PostgreSQL client, with COPY, and with connections that always come back to their pool.

The library forgets a connection on which a transaction could not begin, as when the server ended it while it lay in the
pool; and asyncpg waits for ever to take back a connection whose statement was given up while the server is frozen.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled
from tortoise.backends.base_postgres.client import translate_exceptions

RELEASE_SECONDS: Final = 3.0
MOST_QUERIES: Final = 50_000
IDLE_SECONDS: Final = 300.0


class BoundedPool(asyncpg.Pool):
    """Takes connections back within a time, or ends them."""

    async def release(self, connection: PoolConnectionProxy, *, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Take a connection back.

        Raises TimeoutError when it could not be made ready for another in time; it is ended then.
        """
        await super().release(connection, timeout=timeout or RELEASE_SECONDS)


async def _keep_as_it_is(_connection: PoolConnectionProxy) -> None:
    """Spare a round trip: nothing here sets, locks or listens for a session, and open transactions are rolled back."""


class ReturningTransactionContext(TransactionContextPooled):
    """Gives the connection back when the transaction cannot begin."""

    async def __aenter__(self) -> TransactionalDBClient:
        try:
            return await super().__aenter__()
        except BaseException:
            connection = getattr(self.client, "_connection", None)
            if connection is not None and self.client._parent._pool:
                await self.client._parent._pool.release(connection)
            raise


class CopyingClient(AsyncpgDBClient):
    """Inserts by COPY."""

    @property
    def statement_seconds(self) -> float | None:
        """How long a statement may take."""
        seconds: float | None = self.extra.get("command_timeout")
        return seconds

    @translate_exceptions
    async def copy_rows(self, table: str, rows: Iterable[Sequence[object]], *, columns: Sequence[str]) -> None:
        """Insert rows of these columns, all or none: one as fast as by INSERT, a thousand faster.

        Raises IntegrityError when a constraint refuses one, and TimeoutError as statements do.
        """
        # The driver's own timeout does not hold while it waits to send the next half of a megabyte.
        async with self.acquire_connection() as connection, asyncio.timeout(self.statement_seconds):
            await connection.copy_records_to_table(table, records=rows, columns=columns)


class CopyingTransaction(TransactionWrapper, CopyingClient):
    """The client within a transaction."""

    @property
    def statement_seconds(self) -> float | None:
        """How long a statement may take."""
        return cast("CopyingClient", self._parent).statement_seconds


class PooledPostgresClient(CopyingClient):
    """The client."""

    async def create_pool(self, **settings: Any) -> asyncpg.Pool:
        """Return a pool of bounded waits."""
        return await BoundedPool(
            None,
            max_queries=MOST_QUERIES,
            max_inactive_connection_lifetime=IDLE_SECONDS,
            connect=None,
            setup=None,
            init=None,
            reset=_keep_as_it_is,
            record_class=asyncpg.Record,
            **settings,
        )

    def _in_transaction(self) -> TransactionContext:
        return ReturningTransactionContext(CopyingTransaction(self), self._pool_init_lock)


client_class = PooledPostgresClient
