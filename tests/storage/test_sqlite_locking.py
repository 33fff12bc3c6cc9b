"""SQLite's one lock: taken at once by who will write, and given back whatever happens."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import pytest
from tortoise.transactions import in_transaction

from models.database import database as connection
from models.errors import Conflict
from models.history import HistoryEntry
from models.unit_of_work import unit_of_work
from tests.storage.interruption import Moment, interrupted
from tests.storage.scene import Scene, name_of, rename

PATIENCE_SECONDS = 5
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@asynccontextmanager
async def other_connection(url: str) -> AsyncIterator[sqlite3.Connection]:
    """Open the SQLite file a second time, as another process does."""
    connection = sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None, timeout=0)
    try:
        yield connection
    finally:
        connection.close()


@on_sqlite
async def test_a_read_followed_by_a_write_keeps_others_from_writing_between(database: str, scene: Scene) -> None:
    """The transaction has the write lock from its start: it is the other that must wait."""
    async with other_connection(database) as other:

        async def work() -> str:
            before = await name_of(scene.practice.id)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("UPDATE practice SET name = 'Elsewhere'")
            return await rename(scene.practice.id, f"{before} Practice")

        assert await unit_of_work(work) == "Harbour Practice"
        other.execute("UPDATE practice SET name = 'Elsewhere'")
    assert await name_of(scene.practice.id) == "Elsewhere"


@on_sqlite
async def test_it_waits_for_another_process_that_writes(database: str, scene: Scene) -> None:
    """It begins when the other is through."""
    async with other_connection(database) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE practice SET name = 'Elsewhere'")

        async def work() -> str:
            return await rename(scene.practice.id, f"{await name_of(scene.practice.id)}, renamed")

        waiting = asyncio.create_task(unit_of_work(work))
        await asyncio.sleep(0)
        assert not waiting.done()
        other.execute("COMMIT")
        assert await asyncio.wait_for(waiting, PATIENCE_SECONDS) == "Elsewhere, renamed"


@on_sqlite
async def test_a_wait_that_takes_too_long_is_a_conflict(database: str, scene: Scene) -> None:
    """Another process keeps the file for itself: the caller is told to try again, and can."""
    await connection().execute_query("PRAGMA busy_timeout = 20")
    async with other_connection(database) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Conflict):
            await unit_of_work(lambda: rename(scene.practice.id, "Lakeside"))
        assert await asyncio.wait_for(name_of(scene.practice.id), PATIENCE_SECONDS) == "Harbour"
        other.execute("ROLLBACK")
    again = unit_of_work(lambda: rename(scene.practice.id, "Lakeside"))
    assert await asyncio.wait_for(again, PATIENCE_SECONDS) == "Lakeside"


@on_sqlite
@pytest.mark.parametrize("moment", Moment)
async def test_a_task_cancelled_while_it_enters_a_transaction_leaves_the_lock_free(
    scene: Scene, moment: Moment
) -> None:
    """At whichever step of entering, also while it waits for another's transaction: the next query is answered."""

    async def enter() -> None:
        async with in_transaction():
            pass

    for point in count():
        happened = await interrupted(enter, point=point, moment=moment)
        assert await asyncio.wait_for(name_of(scene.practice.id), PATIENCE_SECONDS) == "Harbour"
        await asyncio.wait_for(unit_of_work(lambda: rename(scene.practice.id, "Harbour")), PATIENCE_SECONDS)
        if not happened:
            break
    assert point >= 2
    holds, may_end = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        holds.set()
        await may_end.wait()

    holder = asyncio.create_task(unit_of_work(hold))
    await holds.wait()
    await interrupted(enter, point=0, moment=Moment.WAITING)
    may_end.set()
    await holder
    assert await asyncio.wait_for(name_of(scene.practice.id), PATIENCE_SECONDS) == "Harbour"
    assert await HistoryEntry.filter(what="practice.created").count() == 1
