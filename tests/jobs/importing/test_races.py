"""Imports in a race: with each other, and with people at work."""

import asyncio
from datetime import date
from uuid import uuid4

import asyncpg
import pytest

from models.access import within
from models.appointments import Appointment
from models.clients import Client
from models.database import database as connection
from models.database import speaks_postgres
from models.terms import AppointmentStatus
from resolvers import appointments
from tests.conftest import StillClock
from tests.jobs.importing.cases import Desk, differences, open_desk, session, sessions


@pytest.fixture
async def desk(database: str, clock: StillClock) -> Desk:
    """Open a practice in Zurich."""
    return await open_desk(clock)


async def test_two_imports_of_the_same_files_end_right(desk: Desk) -> None:
    """In whatever order their lines come: each record is created once, and counted once."""
    names = [f"c{number},Client {number}\n" for number in range(300)]
    both = await asyncio.gather(
        desk.clients("external_id,name\n" + "".join(names)), desk.clients("external_id,name\n" + "".join(names[::-1]))
    )
    assert sum(summary.created for summary in both) == 300
    assert sum(summary.unchanged for summary in both) == 300
    tracker = await desk.tracker("c0", date(2026, 3, 1), None)
    lines = [session(f"a{number}", f"c{number % 7}") for number in range(300)]
    both = await asyncio.gather(desk.appointments(sessions(*lines)), desk.appointments(sessions(*lines[::-1])))
    assert sum(summary.created for summary in both) == 300
    assert sum(summary.unchanged for summary in both) == 300
    await tracker.refresh_from_db()
    assert tracker.used == 43
    assert await differences(desk) == 0


async def test_two_imports_that_disagree_end_with_one_of_them(desk: Desk) -> None:
    """Each gives the same appointments to another client: the later one wins, and nobody counts what they lost."""
    await desk.known("c1", "c2", "c3")
    rows = [await desk.tracker(client, date(2026, 3, 1), None) for client in ("c1", "c2", "c3")]
    texts = [sessions(*(session(f"a{number}", client) for number in range(50))) for client in ("c1", "c2", "c3")]
    await desk.appointments(texts[0])
    both = await asyncio.gather(desk.appointments(texts[1]), desk.appointments(texts[2]))
    assert [summary.updated for summary in both] == [50, 50]
    for row in rows:
        await row.refresh_from_db()
    assert sorted(row.used for row in rows) == [0, 0, 50]
    assert rows[0].used == 0
    assert await differences(desk) == 0


async def test_an_import_while_people_complete_appointments_ends_right(desk: Desk) -> None:
    """Nothing is lost and nothing counted twice."""
    await desk.known("c1", "c2")
    one, two = [await desk.tracker(client, date(2026, 3, 1), None) for client in ("c1", "c2")]
    booked = [session(f"a{number}", "c1", status="SCHEDULED") for number in range(20)]
    await desk.appointments(sessions(*booked))
    rows = await within(Appointment, practice_id=desk.practice.id).order_by("external_id")
    people = [
        appointments.set_status(
            viewer=desk.viewer, appointment_id=row.id, status=AppointmentStatus.COMPLETED, now=desk.clock.now()
        )
        for row in rows
    ]
    moved = sessions(
        *(line.replace(",c1,", ",c2,").replace("SCHEDULED", "COMPLETED") for line in booked[:10]),
        *(session(f"b{number}", "c1") for number in range(30)),
    )
    await asyncio.gather(*people[:10], desk.appointments(moved), *people[10:], return_exceptions=True)
    await one.refresh_from_db()
    await two.refresh_from_db()
    assert (one.used, two.used) == (40, 10)
    assert await differences(desk) == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite lets one writer in after the other.
async def test_a_client_created_at_the_same_moment_is_taken_as_it_is(desk: Desk, database: str) -> None:
    """The import waits for the other to commit, and then finds the client on record."""
    other = await asyncpg.connect(database)
    transaction = other.transaction()
    await transaction.start()
    await other.execute(
        "INSERT INTO client (id, practice_id, name, external_id, revision, changed_because, time_zone, created_at) "
        "VALUES ($1, $2, 'Mara Keller', 'c1', 0, 'SNAPSHOT', 'Europe/Zurich', now())",
        uuid4(),
        desk.practice.id,
    )
    task = asyncio.create_task(desk.clients("external_id,name\nc1,Mara Keller\nc2,Jonas Frei\n"))
    while not await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
        pass
    await transaction.commit()
    await other.close()
    summary = await task
    assert (summary.created, summary.unchanged, summary.refused) == (1, 1, 0)


async def test_a_record_that_others_hold_on_to_is_refused_alone(desk: Desk) -> None:
    """After a few tries; the other lines are imported."""
    await connection().execute_script(
        "CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'client_external_id_is_unique' USING ERRCODE = 'unique_violation'; END $$; "
        "CREATE TRIGGER held BEFORE INSERT ON client FOR EACH ROW WHEN (NEW.external_id = 'c2') EXECUTE FUNCTION held()"
        if speaks_postgres()
        else "CREATE TRIGGER held BEFORE INSERT ON client WHEN NEW.external_id = 'c2' "
        "BEGIN SELECT RAISE(ABORT, 'client_external_id_is_unique'); END"
    )
    summary = await desk.clients("external_id,name\nc1,Mara\nc2,Jonas\nc3,Ida\n")
    assert desk.refused == [(3, "Others kept changing this record: import the file again.")]
    assert (summary.created, summary.refused) == (2, 1)
    assert [row.external_id for row in await Client.all().order_by("external_id")] == ["c1", "c3"]
