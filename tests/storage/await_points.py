"""Work that is cancelled at each of its await points in turn, and what must hold after each."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from models.database import database, speaks_postgres
from models.unit_of_work import all_finished
from tests.storage.interruption import Moment, interrupted
from tests.storage.recount import assert_whole
from tests.storage.scene import Scene
from tests.storage.waiting import until

PATIENCE_SECONDS = 5
Work = Callable[[], Coroutine[Any, Any, Any]]
moments = pytest.mark.parametrize("moment", Moment)


async def at_each_point(
    scene: Scene, client_id: UUID, *, moment: Moment, work: Work, check: Callable[[], Awaitable[object]]
) -> int:
    """Cancel the work at its first await point, its second, and so on until it is through; return how many it has.

    After each, `check` must leave things so that the work can be done again.
    """
    for point in count():
        scene.clock.advance(seconds=1)
        before = await leases()
        happened = await interrupted(work, point=point, moment=moment)
        await asyncio.wait_for(all_finished(), PATIENCE_SECONDS)
        await asyncio.wait_for(assert_whole(client_id, now=scene.clock.now()), PATIENCE_SECONDS)
        await given_back(before, point=point)
        await check()
        if not happened:
            return point
    raise AssertionError("unreachable: counting does not end")


async def given_back(before: tuple[int, int], *, point: int) -> None:
    """Expect the leases to be as before; the server's view of its sessions may follow a moment later."""

    async def as_before() -> bool:
        return await leases() == before

    try:
        await until(as_before)
    except TimeoutError:
        raise AssertionError(f"a connection is kept after point {point}: {await leases()}, before {before}") from None


async def leases() -> tuple[int, int]:
    """Return how many transactions are open in the database, and how many connections of the pool are in use."""
    connection: Any = database()
    if not speaks_postgres():
        return int(connection._lock.locked()), int(connection._connection.in_transaction)
    found = await connection.execute_query_dict(
        "SELECT count(*) AS open FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'"
    )
    pool = connection._pool
    return int(found[0]["open"]), pool.get_size() - pool.get_idle_size()
