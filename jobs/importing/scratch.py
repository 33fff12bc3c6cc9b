"""What an import keeps of its file until it is on record, in bounded memory."""

import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from jobs.importing.records import Refusal

TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA cache_size = -16000;
CREATE TABLE kept (external_id TEXT UNIQUE, line INTEGER, client TEXT, told BLOB);
CREATE TABLE refused (line INTEGER, reason TEXT);
BEGIN;
"""


class Scratch:
    """The lines of one file, and refusals; SQLite keeps them in a temporary file, which goes when this closes."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(TABLES)
        self.lines = 0
        """How many are kept."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._database.close()

    def keep(self, external_id: str, *, line: int, client: str, told: bytes) -> int | None:
        """Keep a line, unless one of that external id is kept already: then return that one's number."""
        values = (external_id, line, client, told)
        if self._database.execute("INSERT OR IGNORE INTO kept VALUES (?, ?, ?, ?)", values).rowcount:
            self.lines += 1
            return None
        found = self._database.execute("SELECT line FROM kept WHERE external_id = ?", (external_id,)).fetchone()
        return int(found[0])

    def batches(self, size: int) -> Iterator[list[bytes]]:
        """Yield what the kept lines tell, so many at a time: client by client, and those of one in the file's order."""
        cursor = self._database.execute("SELECT told FROM kept ORDER BY client, line")
        while batch := cursor.fetchmany(size):
            yield [told for (told,) in batch]

    def refuse(self, refusals: Iterable[Refusal]) -> None:
        """Keep refusals."""
        rows = ((refusal.line, refusal.reason) for refusal in refusals)
        self._database.executemany("INSERT INTO refused VALUES (?, ?)", rows)

    def refusals(self) -> Iterator[tuple[int, str]]:
        """Yield the number and the reason of each line that was refused, in the file's order."""
        yield from self._database.execute("SELECT line, reason FROM refused ORDER BY line")
