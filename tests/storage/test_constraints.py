"""What the database refuses by itself, whatever the application does."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from tortoise import Tortoise
from tortoise.exceptions import IntegrityError

from models.database import database, speaks_postgres
from models.terms import AppointmentStatus
from tests.storage import raw
from tests.storage.scene import Scene, set_scene, told

MID_FEBRUARY = date(2026, 2, 15)


async def refused(table: str, row: Any, *, naming: str, columns: str | None = None) -> None:
    """Fail unless the database refuses the row, and names the constraint; SQLite names the columns of a unique one."""
    before = await raw.rows_in(table)
    with pytest.raises(IntegrityError, match=naming if speaks_postgres() else columns or naming):
        await raw.insert(table, **row)
    assert await raw.rows_in(table) == before


@pytest.mark.parametrize("slot", range(1, 9))
async def test_a_taken_slot_is_refused(scene: Scene, slot: int) -> None:
    """Each of the eight slots holds one tracker."""
    client = await scene.client()
    await raw.insert("tracker", **raw.tracker_row(client, slot=slot))
    row = raw.tracker_row(client, slot=slot)
    await refused("tracker", row, naming="tracker_slot_is_free", columns="tracker.client_id, tracker.slot")
    await raw.insert("tracker", **raw.tracker_row(client, slot=slot, removed_at=raw.NOON, state="REMOVED"))
    await raw.insert("tracker", **raw.tracker_row(await scene.client("Jonas Frei"), slot=slot))
    assert await raw.rows_in("tracker") == 3


async def test_a_ninth_tracker_finds_no_slot(scene: Scene) -> None:
    """With eight trackers every slot from 0 to 9 is refused; when one is removed its slot is free."""
    client = await scene.client()
    for slot in range(1, 9):
        await raw.insert("tracker", **raw.tracker_row(client, slot=slot))
    for slot in range(10):
        await refused("tracker", raw.tracker_row(client, slot=slot), naming="tracker_slot", columns="tracker[._]")
    await raw.execute("UPDATE tracker SET removed_at = ? WHERE slot = 4", raw.NOON)
    await raw.insert("tracker", **raw.tracker_row(client, slot=4))
    assert await raw.rows_in("tracker") == 9


@pytest.mark.parametrize(
    ("change", "naming"),
    [
        ({"slot": 0}, "tracker_slot_is_one_of_eight"),
        ({"slot": 9}, "tracker_slot_is_one_of_eight"),
        ({"slot": -1}, "tracker_slot_is_one_of_eight"),
        ({"session_limit": 0}, "tracker_limit_is_positive"),
        ({"session_limit": -3}, "tracker_limit_is_positive"),
        ({"end_date": date(2026, 2, 28)}, "tracker_begins_before_it_ends"),
        ({"end_date": None, "auto_reset": True}, "tracker_end_date_is_given_where_needed"),
        ({"end_date": None, "task_trigger": "END_DATE"}, "tracker_end_date_is_given_where_needed"),
        ({"end_date": None, "task_trigger": "WHICHEVER_COMES_FIRST"}, "tracker_end_date_is_given_where_needed"),
        ({"task_trigger": "COUNT_REACHED", "task_assignee_id": None}, "tracker_task_rule_is_whole"),
        ({"task_trigger": None}, "tracker_task_rule_is_whole"),
    ],
)
async def test_a_tracker_that_breaks_a_rule_is_refused(scene: Scene, change: dict[str, Any], naming: str) -> None:
    """Neither can it be inserted, nor can one on record become so."""
    client = await scene.client()
    rule = {"task_assignee_id": scene.nora.id} if "task_trigger" in change else {}
    await refused("tracker", raw.tracker_row(client, **rule | change), naming=naming)
    sound = raw.tracker_row(client)
    await raw.insert("tracker", **sound)
    assignments = rule | change
    names = ", ".join(f"{name} = ?" for name in assignments)
    with pytest.raises(IntegrityError, match=naming):
        await raw.execute(f"UPDATE tracker SET {names} WHERE id = ?", *assignments.values(), sound["id"])
    row = (await database().execute_query_dict("SELECT * FROM tracker"))[0]
    assert {name: str(row[name]) for name in sound if "_at" not in name and not isinstance(sound[name], bool)} == {
        name: str(value) for name, value in sound.items() if "_at" not in name and not isinstance(value, bool)
    }


@pytest.mark.parametrize(
    "change",
    [
        {"end_date": date(2026, 3, 1)},
        {"end_date": None},
        {"end_date": None, "task_trigger": "COUNT_REACHED"},
        {"auto_reset": True, "task_trigger": "END_DATE"},
        {"session_limit": 1, "slot": 8},
    ],
)
async def test_a_tracker_at_the_edge_of_the_rules_is_accepted(scene: Scene, change: dict[str, Any]) -> None:
    """The constraints refuse no more than the domain does."""
    rule = {"task_assignee_id": scene.nora.id} if "task_trigger" in change else {}
    await raw.insert("tracker", **raw.tracker_row(await scene.client(), **rule | change))
    assert await raw.rows_in("tracker") == 1


async def test_a_tracker_and_period_have_one_task(scene: Scene) -> None:
    """A second task of the same period is refused, one of the next period is not."""
    tracker = await scene.tracker((await scene.client()).id)
    await raw.insert("task", **raw.task_row(tracker, scene.nora.id))
    row = raw.task_row(tracker, scene.nora.id, reason="END_DATE")
    await refused("task", row, naming="task_is_one_per_period", columns="task.tracker_id, task.period_number")
    await raw.insert("task", **raw.task_row(tracker, scene.nora.id, period_number=2))
    assert await raw.rows_in("task") == 2


async def test_a_period_is_closed_once(scene: Scene) -> None:
    """A tracker has one closed period of each number, and none that ends before it begins."""
    tracker = await scene.tracker((await scene.client()).id)
    backwards = raw.closed_period_row(tracker, end_date=date(2026, 1, 31))
    await refused("closed_period", backwards, naming="closed_period_begins_before_it_ends")
    await raw.insert("closed_period", **raw.closed_period_row(tracker))
    again = raw.closed_period_row(tracker, begin_date=MID_FEBRUARY)
    await refused("closed_period", again, naming="closed_period_number_is_unique", columns="closed_period.number")


async def test_an_external_id_is_unique_within_its_practice(scene: Scene) -> None:
    """For clients and for appointments, each on their own; absent ones and other practices do not clash."""
    client = await scene.client(external_id="A-1")
    other = await (await set_scene(scene.clock, name="Lakeside")).client(external_id="A-1")
    naming = "client_external_id_is_unique"
    row = raw.client_row(scene.practice.id, external_id="A-1")
    await refused("client", row, naming=naming, columns="client.practice_id, client.external_id")
    for _ in range(2):
        await raw.insert("client", **raw.client_row(scene.practice.id, external_id=None))
        await raw.insert("appointment", **raw.appointment_row(client, external_id=None))
    await raw.insert("appointment", **raw.appointment_row(client, external_id="A-1"))
    await raw.insert("appointment", **raw.appointment_row(other, external_id="A-1"))
    naming = "appointment_external_id_is_unique"
    row = raw.appointment_row(client, external_id="A-1")
    await refused("appointment", row, naming=naming, columns="appointment.practice_id, appointment.external_id")
    assert (await raw.rows_in("client"), await raw.rows_in("appointment")) == (4, 4)


async def test_an_email_address_is_unique_within_its_practice(scene: Scene) -> None:
    """Two practices may know the same person."""
    other = await set_scene(scene.clock, name="Lakeside")
    assert other.nora.email == scene.nora.email == "nora@harbour.example"
    row = raw.staff_row(scene.practice.id, email="nora@harbour.example")
    await refused("staff_member", row, naming="staff_member_email_is_unique", columns="staff_member.email")


async def test_a_practice_has_a_name_and_an_appointment_ends_after_it_starts(scene: Scene) -> None:
    """Both are checked."""
    nameless = {"id": uuid4(), "name": "", "time_zone": "UTC", "created_at": raw.NOON}
    await refused("practice", nameless, naming="practice_name_is_given")
    backwards = raw.appointment_row(await scene.client(), ends_at=scene.practice.created_at)
    await refused("appointment", backwards, naming="appointment_ends_after_it_starts")


async def test_what_others_refer_to_cannot_be_deleted(scene: Scene) -> None:
    """A client with a tracker stays, and its practice."""
    client = await scene.client()
    await scene.tracker(client.id)
    for table, key in (("client", client.id), ("practice", scene.practice.id)):
        with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
            await raw.execute(f"DELETE FROM {table} WHERE id = ?", key)
        assert await raw.rows_in(table) == 1
    await refused("tracker", raw.tracker_row(client, slot=2, client_id=uuid4()), naming="(?i)foreign key")


async def test_history_refuses_to_be_rewritten(scene: Scene) -> None:
    """No entry can be updated or deleted, and the table cannot be emptied."""
    appointment = await scene.appointment((await scene.client()).id)
    await scene.set_status(appointment.id, AppointmentStatus.MISSED)
    known = ["appointment.scheduled", "appointment.missed"]
    assert sorted(await told(appointment.id)) == sorted(known)
    statements = [
        "UPDATE history_entry SET actor = 'nobody'",
        "DELETE FROM history_entry",
        "INSERT INTO history_entry SELECT * FROM history_entry WHERE true ON CONFLICT (id) DO UPDATE SET at = NULL",
    ]
    for statement in [*statements, *(["TRUNCATE history_entry"] if speaks_postgres() else [])]:
        with pytest.raises(IntegrityError, match="history is append-only"):
            await raw.execute(statement)
    assert sorted(await told(appointment.id)) == sorted(known)
    assert not await database().execute_query_dict("SELECT id FROM history_entry WHERE actor = 'nobody'")


async def test_every_constraint_and_index_of_the_models_exists(database: str) -> None:
    """What a model's Meta names is in the migrated database, by that name, on its table."""
    found = await named_in_database()
    for model in (Tortoise.apps or {})["models"].values():
        table = model._meta.db_table
        wanted = [*model._meta.constraints, *model._meta.indexes]
        for each in wanted:
            assert (table, str(getattr(each, "name", each))) in found, f"{each} of {table} is missing"


async def named_in_database() -> set[tuple[str, str]]:
    """Return table and name of each constraint and index in the connected database."""
    connection = database()
    if speaks_postgres():
        rows = await connection.execute_query_dict(
            "SELECT conrelid::regclass::text AS held, conname AS name FROM pg_constraint "
            "UNION SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'public'"
        )
        return {(row["held"], row["name"]) for row in rows}
    rows = await connection.execute_query_dict("SELECT type, name, tbl_name, sql FROM sqlite_master")
    named = {(row["tbl_name"], row["name"]) for row in rows if row["type"] == "index"}
    for row in rows:
        words = str(row["sql"]).split("CONSTRAINT ")[1:] if row["type"] == "table" else []
        named |= {(row["tbl_name"], word.split()[0].strip('"')) for word in words}
    return named
