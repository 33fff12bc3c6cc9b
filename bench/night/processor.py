"""Processor time of PostgreSQL, seen from outside."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from models.database import database, speaks_postgres

TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")


async def server_seconds() -> float | None:
    """Return how much processor time the connected server has used in all its processes; None for SQLite's file.

    A process that has ended is counted by its parent.
    """
    if not speaks_postgres():
        return None
    _, rows = await database().execute_query("SELECT pg_backend_pid()")
    parent = int(_numbers(rows[0][0])[1])
    own, of_the_ended = _ticks(parent)
    living = sum(_ticks(child)[0] for child in _children(parent))
    return (own + of_the_ended + living) / TICKS_A_SECOND


def _children(parent: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (numbers := _numbers(int(entry.name))) and int(numbers[1]) == parent:
            yield int(entry.name)


def _ticks(pid: int) -> tuple[int, int]:
    """Return the processor time of a process, and of its children that have ended; nothing when it has ended itself."""
    numbers = _numbers(pid)
    return (int(numbers[11]) + int(numbers[12]), int(numbers[13]) + int(numbers[14])) if numbers else (0, 0)


def _numbers(pid: int) -> list[str]:
    """Return what the kernel tells of a process behind its name, beginning with its state and its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
