"""The unit of work: whole or not at all, whatever becomes of its caller."""

import asyncio
from itertools import count
from uuid import UUID

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from models.clients import Client
from models.database import database
from models.errors import Conflict, EmailTaken, ExternalIdTaken, TooManyTrackers
from models.outages import outage_of
from models.unit_of_work import all_finished, on_commit, unit_of_work
from tests.storage import raw
from tests.storage.scene import Scene, name_of, rename

PATIENCE_SECONDS = 5
DEADLOCK = "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = 'deadlock_detected'; END $$"
END_CONNECTIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND datname = current_database() AND application_name = 'session-tracker'"
)
on_postgres = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class Mishap(Exception):
    """Something that goes wrong in the middle of the work."""


async def test_it_commits_and_returns_what_the_work_returns(scene: Scene) -> None:
    """The change is there for everybody."""
    assert await unit_of_work(lambda: rename(scene.practice.id, "Lakeside")) == "Lakeside"
    assert await name_of(scene.practice.id) == "Lakeside"


async def test_an_error_takes_everything_back(scene: Scene) -> None:
    """What was written before it is gone, it reaches the caller, and no listener hears of a commit."""
    heard: list[str] = []
    forget = on_commit(lambda: heard.append("commit"))

    async def work() -> None:
        await rename(scene.practice.id, "Lakeside")
        await raw.insert("client", **raw.client_row(scene.practice.id))
        raise Mishap

    with pytest.raises(Mishap):
        await unit_of_work(work)
    forget()
    assert (await name_of(scene.practice.id), await Client.all().count(), heard) == ("Harbour", 0, [])
    assert await unit_of_work(lambda: rename(scene.practice.id, "Lakeside")) == "Lakeside"


async def test_it_commits_although_its_caller_is_cancelled(scene: Scene) -> None:
    """The caller goes in the middle of the work; the work goes on to its end."""
    begun, may_go_on = asyncio.Event(), asyncio.Event()

    async def work() -> str:
        await rename(scene.practice.id, "Lakeside")
        begun.set()
        await may_go_on.wait()
        return await rename(scene.practice.id, "Lakeside Practice")

    caller = asyncio.create_task(unit_of_work(work))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    finished = asyncio.create_task(all_finished())
    may_go_on.set()
    await asyncio.wait_for(finished, PATIENCE_SECONDS)
    assert await name_of(scene.practice.id) == "Lakeside Practice"


async def test_it_rolls_back_whole_although_its_caller_is_cancelled(scene: Scene) -> None:
    """Nobody hears of the error, and nothing stays of the work."""
    begun, may_go_on = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await rename(scene.practice.id, "Lakeside")
        begun.set()
        await may_go_on.wait()
        raise Mishap

    caller = asyncio.create_task(unit_of_work(work))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    may_go_on.set()
    await asyncio.wait_for(all_finished(), PATIENCE_SECONDS)
    assert await name_of(scene.practice.id) == "Harbour"


async def test_a_listener_hears_each_commit_until_it_is_forgotten(scene: Scene) -> None:
    """After the commit: what it then reads is there. Work that is not announced is not heard of."""
    heard: list[str] = []
    forget = on_commit(lambda: heard.append("commit"))
    await unit_of_work(lambda: rename(scene.practice.id, "one"))
    assert heard == ["commit"]
    await unit_of_work(lambda: rename(scene.practice.id, "two"), announced=False)
    assert heard == ["commit"]
    await scene.client()
    assert heard == ["commit", "commit"]
    forget()
    await unit_of_work(lambda: rename(scene.practice.id, "three"))
    assert heard == ["commit", "commit"]


async def test_it_does_not_contain_another(scene: Scene) -> None:
    """The inner one would wait for the outer one: it is refused, and both are taken back."""

    async def work() -> None:
        await rename(scene.practice.id, "Lakeside")
        await unit_of_work(lambda: rename(scene.practice.id, "Elsewhere"))

    with pytest.raises(RuntimeError, match="does not contain another"):
        await asyncio.wait_for(unit_of_work(work), PATIENCE_SECONDS)
    assert await name_of(scene.practice.id) == "Harbour"
    assert await unit_of_work(lambda: rename(scene.practice.id, "Lakeside")) == "Lakeside"


async def test_a_broken_constraint_becomes_its_refusal(scene: Scene) -> None:
    """What slips past the checks is refused by the name of the rule, with the field at fault; nothing is written."""
    client = await scene.client(external_id="A-1")
    await scene.appointment(client.id)
    await raw.execute("UPDATE appointment SET external_id = ?", "B-1")
    await scene.tracker(client.id)
    again = {"external_id": "A-1"}
    cases = [
        ("client", raw.client_row(scene.practice.id, **again), ExternalIdTaken, ("externalId",)),
        ("appointment", raw.appointment_row(client, external_id="B-1"), ExternalIdTaken, ("externalId",)),
        ("staff_member", raw.staff_row(scene.practice.id, email=scene.nora.email), EmailTaken, ("email",)),
        ("tracker", raw.tracker_row(client), TooManyTrackers, ()),
        ("tracker", raw.tracker_row(client, slot=9), TooManyTrackers, ()),
        ("appointment", raw.appointment_row(client, client_id=scene.nora.id), Conflict, ()),
    ]
    before = {table: await raw.rows_in(table) for table, *_ in cases}
    for table, row, refusal, path in cases:

        async def work(table: str = table, row: object = row) -> None:
            await rename(scene.practice.id, "Lakeside")
            assert isinstance(row, dict)
            await raw.insert(table, **row)

        with pytest.raises(refusal) as caught:
            await unit_of_work(work)
        assert caught.value.path == path
    assert before == {table: await raw.rows_in(table) for table, *_ in cases}
    assert await name_of(scene.practice.id) == "Harbour"


async def test_a_constraint_without_a_rule_stays_a_fault(scene: Scene) -> None:
    """A limit of zero is refused long before; if it is not, that is a fault and told as one."""
    client = await scene.client()

    async def work() -> None:
        await raw.insert("tracker", **raw.tracker_row(client, session_limit=0))

    with pytest.raises(IntegrityError, match="tracker_limit_is_positive"):
        await unit_of_work(work)
    assert await raw.rows_in("tracker") == 0


@on_postgres
async def test_after_a_deadlock_the_work_is_done_again(scene: Scene) -> None:
    """Two units of work lock two clients crosswise: PostgreSQL ends one, which runs again; each writes once."""
    one, two = [(await scene.client(name)).id for name in ("one", "two")]
    locked = {one: asyncio.Event(), two: asyncio.Event()}
    runs: list[UUID] = []

    async def work(first: UUID, second: UUID) -> None:
        runs.append(first)
        looks = "10ms" if first == one else "60s"  # only one of them looks for a deadlock, and so is ended
        await database().execute_query(f"SET LOCAL deadlock_timeout = '{looks}'")
        await raw.execute("UPDATE client SET revision = revision + 1 WHERE id = ?", first)
        locked[first].set()
        await locked[second].wait()
        await raw.execute("UPDATE client SET revision = revision + 1 WHERE id = ?", second)

    heard: list[str] = []
    forget = on_commit(lambda: heard.append("commit"))
    await asyncio.gather(unit_of_work(lambda: work(one, two)), unit_of_work(lambda: work(two, one)))
    forget()
    assert (sorted(runs[:2]), runs[2:]) == (sorted([one, two]), [one])
    assert [row.revision for row in await Client.all()] == [2, 2]
    assert heard == ["commit", "commit"]


@on_postgres
async def test_a_deadlock_that_comes_back_is_a_conflict(scene: Scene) -> None:
    """The work is tried three times; then its caller is told that others are changing the same data."""
    runs = count(1)

    async def work() -> None:
        await rename(scene.practice.id, f"run {next(runs)}")
        await database().execute_query(
            "DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = 'deadlock_detected'; END $$"
        )

    with pytest.raises(Conflict, match="try again"):
        await unit_of_work(work)
    assert next(runs) == 4
    assert await name_of(scene.practice.id) == "Harbour"


@on_postgres
async def test_a_task_made_in_the_work_is_published_only_by_its_commit(database: str, scene: Scene) -> None:
    """Another connection sees nothing of it before."""
    other = await asyncpg.connect(database)
    try:

        async def work() -> object:
            await rename(scene.practice.id, "Lakeside")
            return await other.fetchval("SELECT name FROM practice")

        assert await unit_of_work(work) == "Harbour"
        assert await other.fetchval("SELECT name FROM practice") == "Lakeside"
    finally:
        await other.close()


@on_postgres
async def test_connections_that_the_server_ended_are_given_back(scene: Scene, database_url: str) -> None:
    """However often it ends them while they lie in the pool: what cannot begin costs no connection for good."""
    other = await asyncpg.connect(database_url)
    failures: list[Exception] = []
    for number in range(20):
        await other.execute(END_CONNECTIONS)
        try:
            await unit_of_work(lambda number=number: rename(scene.practice.id, f"Lakeside {number}"))  # type: ignore[misc]
        except Exception as error:
            failures.append(error)
    # The last of them are waited for: one that is still to end may lie in the pool, and fail what comes next.
    await other.execute(END_CONNECTIONS.replace("(pid)", "(pid, 5000)"))
    await other.close()
    assert failures != []
    assert [repr(error) for error in failures if outage_of(error) is None] == []
    assert [holder for holder in database()._pool._holders if holder._in_use is not None] == []
    await unit_of_work(lambda: rename(scene.practice.id, "Harbour again"))
    assert await name_of(scene.practice.id) == "Harbour again"
