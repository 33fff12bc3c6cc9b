"""Remembers on which line of a file each external id came first, in bounded memory."""

import sqlite3
from types import TracebackType
from typing import Self


class SeenIds:
    """The external ids of one file, kept by SQLite in a temporary file of its own, which goes when this closes."""

    def __init__(self) -> None:
        self._lines = sqlite3.connect("", isolation_level=None)
        self._lines.execute("PRAGMA journal_mode = OFF")
        self._lines.execute("CREATE TABLE seen (external_id TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        self._lines.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._lines.close()

    def earlier(self, external_id: str, *, line: int) -> int | None:
        """Return the line on which the id came first, or None when that is this one."""
        added = self._lines.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (external_id, line))
        if added.rowcount:
            return None
        found = self._lines.execute("SELECT line FROM seen WHERE external_id = ?", (external_id,)).fetchone()
        return int(found[0])
