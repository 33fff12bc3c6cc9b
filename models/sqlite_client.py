"""Tortoise's SQLite client, with transactions that take the write lock at once and survive a cancelled start.

The library begins DEFERRED, so that a read followed by a write fails with "database is locked" when another process
wrote in between; and a task cancelled while it enters a transaction keeps the connection's lock for ever.
"""

import sqlite3
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that begins IMMEDIATE."""

    async def begin(self) -> None:
        """Take SQLite's write lock, waiting up to `busy_timeout` milliseconds for another process.

        Raises OperationalError when the wait was in vain.
        """
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error


class CancelSafeTransactionContext(SqliteTransactionContext):
    """Gives the connection's lock back when entering is cancelled or fails."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self._begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        connection: TransactionalDBClient = self.connection
        return connection

    async def _begin(self) -> None:
        try:
            await self.connection.begin()
        except BaseException:
            # The statement may still be on its way to SQLite's thread; this one queues behind it.
            await self.connection._connection.rollback()
            raise


class ImmediateSqliteClient(SqliteClient):
    """SQLite with the two cures, and with searches that know all letters; the engine setting names this module."""

    async def create_connection(self, with_db: bool) -> None:
        """Connect; SQLite's own UPPER, by which the library searches, knows ASCII only."""
        await super().create_connection(with_db)
        assert self._connection is not None, "the library has connected"
        await self._connection.create_function("UPPER", 1, _upper, deterministic=True)

    def _in_transaction(self) -> Any:
        return CancelSafeTransactionContext(ImmediateTransaction(self), self._lock)


def _upper(text: str | None) -> str | None:
    return None if text is None else str(text).upper()


client_class = ImmediateSqliteClient
