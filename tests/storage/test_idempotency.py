"""Idempotency keys: once, whoever else comes with the same one, and whatever breaks off."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from models.clients import Client
from models.database import database as connected_database
from models.errors import Conflict
from models.idempotency import FORGOTTEN_AT_ONCE, IdempotencyKey
from models.moves import hold_zone
from models.unit_of_work import unit_of_work
from tests.storage.keyed import KEY, create, keyed
from tests.storage.scene import MARCH, Scene, told
from tests.storage.second_process import second_process
from tests.storage.test_unit_of_work import DEADLOCK
from tests.storage.waiting import until

on_postgres = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def other(database: str) -> AsyncIterator[asyncpg.Connection]:
    """Connect once more to PostgreSQL, past the application."""
    connection = await asyncpg.connect(database)
    try:
        yield connection
    finally:
        await connection.close()


async def made() -> tuple[int, int]:
    """Count the clients and the keys."""
    return await Client.all().count(), await IdempotencyKey.all().count()


async def keys() -> list[str]:
    """Return the keys that are kept, the oldest first."""
    return [row.key for row in await IdempotencyKey.all().order_by("created_at")]


async def test_those_who_come_at_once_get_the_same(scene: Scene) -> None:
    """It is made once, and told once."""
    rows = await asyncio.gather(*(create(scene) for _ in range(8)))
    assert {row.id for row in rows} == {rows[0].id}
    assert (await made(), await told(rows[0].id)) == ((1, 1), ["client.created"])


@on_postgres
async def test_the_second_waits_for_the_first(scene: Scene, other: asyncpg.Connection) -> None:
    """It neither makes the change as well nor is refused: it comes to the key, and waits there for the commit."""
    runs = []

    async def work() -> Client:
        runs.append(1)
        await hold_zone(scene.practice.id)
        return await scene_client(scene)

    async with other.transaction():
        await other.execute("SELECT id FROM practice FOR UPDATE")
        both = [asyncio.create_task(keyed(scene, lambda: unit_of_work(work))) for _ in range(2)]

        async def are_waiting() -> bool:
            waiting = (
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            await other.execute("SELECT pg_stat_clear_snapshot()")  # A transaction sees what it saw before.
            return bool(await other.fetchval(waiting) == 2)

        await until(are_waiting)
        assert len(runs) == 1
    first, second = await asyncio.gather(*both)
    assert (first.id == second.id, len(runs), await made()) == (True, 1, (1, 1))


async def test_the_second_makes_what_the_first_failed_to(scene: Scene) -> None:
    """While the first is at it the second waits; the failure takes the key back."""
    begun, may_fail = asyncio.Event(), asyncio.Event()

    async def fail() -> Client:
        begun.set()
        await may_fail.wait()
        raise Conflict("Not now.")

    first = asyncio.create_task(keyed(scene, lambda: unit_of_work(fail)))
    await begun.wait()
    second = asyncio.create_task(create(scene))
    may_fail.set()
    with pytest.raises(Conflict, match=r"Not now\."):
        await first
    assert (await second).name == "Mara Keller"
    assert await made() == (1, 1)


async def test_two_processes_are_asked_at_once(database: str, scene: Scene) -> None:
    """Both tell of the same client."""
    async with second_process(database, scene, "keyed", scene.practice.id) as there:
        theirs, ours = await asyncio.gather(there.act(), create(scene))
    assert theirs == [str(ours.id)]
    assert await made() == (1, 1)


async def test_a_process_dies_between_the_commit_and_the_answer(database: str, scene: Scene) -> None:
    """Nobody was told; who asks again, elsewhere, gets what was made."""
    async with second_process(database, scene, "keyed, and die", scene.practice.id) as there:
        await there.act_and_die()
    (row,) = await Client.all()
    assert (await create(scene)).id == row.id
    assert await made() == (1, 1)


@on_postgres
async def test_the_database_ends_the_connection_in_the_middle(scene: Scene, other: asyncpg.Connection) -> None:
    """Neither the change nor its key is there, and the retry makes both."""

    async def break_off() -> Client:
        row = await scene_client(scene)
        (backend,) = await connected_database().execute_query_dict("SELECT pg_backend_pid() AS pid")
        await other.execute("SELECT pg_terminate_backend($1)", backend["pid"])
        return row

    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await keyed(scene, lambda: unit_of_work(break_off))
    assert await made() == (0, 0)
    await create(scene)
    assert await made() == (1, 1)


@on_postgres
async def test_after_a_deadlock_it_is_made_once(scene: Scene) -> None:
    """The work runs again from the start, key and all."""
    runs = []

    async def work() -> Client:
        runs.append(1)
        if len(runs) == 1:
            await connected_database().execute_query(DEADLOCK)
        return await scene_client(scene)

    row = await keyed(scene, lambda: unit_of_work(work))
    again = await keyed(scene, lambda: unit_of_work(work))
    assert (row.id == again.id, len(runs), await made()) == (True, 2, (1, 1))


async def scene_client(scene: Scene) -> Client:
    """Write a client past the use cases, within a unit of work."""
    return await Client.create(
        id=scene.nora.id,
        practice_id=scene.practice.id,
        name="Mara Keller",
        time_zone="Europe/Zurich",
        created_at=scene.clock.now(),
    )


async def test_only_the_first_unit_of_work_is_of_the_key(scene: Scene) -> None:
    """What follows a change, such as settling others, is done whenever it is asked for."""

    async def work() -> list[Client]:
        return [await scene.client("one"), await scene.client("two")]

    once, again = await keyed(scene, work), await keyed(scene, work)
    assert (once[0].id == again[0].id, once[1].id == again[1].id) == (True, False)
    after = await scene.client("three")
    assert after.id not in {row.id for row in (*once, *again)}


async def test_who_is_due_is_settled_for_the_answer(scene: Scene) -> None:
    """Nobody sees a period that is over as if it were running, in the answer to a retry neither."""
    client = await scene.client()
    settings = replace(MARCH, end_date=date(2026, 3, 4))
    first = await keyed(scene, lambda: scene.tracker(client.id, settings))
    scene.clock.advance(hours=20)
    again = await keyed(scene, lambda: scene.tracker(client.id, settings))
    assert (first.id == again.id, first.period_number, again.period_number) == (True, 1, 2)


async def test_old_keys_go_as_new_ones_come(scene: Scene) -> None:
    """A few at a time, the oldest first; those of the last 24 hours stay."""
    for number in range(FORGOTTEN_AT_ONCE + 2):
        await create(scene, key=f"old {number:02}")
        scene.clock.advance(minutes=1)
    scene.clock.advance(hours=24, minutes=-2)
    for _ in range(2):
        await create(scene)
        assert await keys() == ["old 10", "old 11", KEY]
    scene.clock.advance(hours=1)
    await create(scene, key="newer")
    assert await keys() == [KEY, "newer"]


async def test_the_database_itself_refuses_a_key_twice(scene: Scene) -> None:
    """Of one caller of one practice."""
    await create(scene)
    row = await IdempotencyKey.get(key=KEY)
    again: dict[str, Any] = {"caller": row.caller, "key": KEY, "fingerprint": "", "created_at": row.created_at}
    with pytest.raises(IntegrityError):
        await IdempotencyKey.create(id=scene.nora.id, practice_id=scene.practice.id, **again)
    await IdempotencyKey.create(id=scene.nora.id, practice_id=scene.nora.id, **again)
    assert await IdempotencyKey.all().count() == 2
