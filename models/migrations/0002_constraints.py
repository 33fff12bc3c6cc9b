"""The constraints that hold without the application.

Tortoise's CreateModel leaves out a model's `Meta.constraints`, and on SQLite it can add neither a partial unique index
nor, without losing the table's indexes, a check. The tables are new and empty here, so SQLite's are made again.
"""

from tortoise import migrations
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.migrations.operations import RunPython
from tortoise.migrations.schema_editor import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

UNIQUE = {
    "staff_member_email_is_unique": "staff_member (practice_id, email)",
    "client_external_id_is_unique": "client (practice_id, external_id)",
    "appointment_external_id_is_unique": "appointment (practice_id, external_id)",
    "tracker_slot_is_free": "tracker (client_id, slot) WHERE removed_at IS NULL",
    "closed_period_number_is_unique": "closed_period (tracker_id, number)",
    "task_is_one_per_period": "task (tracker_id, period_number)",
}
CHECKS = {
    "practice": {"practice_name_is_given": "length(name) > 0"},
    "appointment": {"appointment_ends_after_it_starts": "starts_at <= ends_at"},
    "tracker": {
        "tracker_slot_is_one_of_eight": "slot BETWEEN 1 AND 8",
        "tracker_limit_is_positive": "session_limit >= 1",
        "tracker_begins_before_it_ends": "end_date IS NULL OR begin_date <= end_date",
        "tracker_end_date_is_given_where_needed": "end_date IS NOT NULL OR (NOT auto_reset AND "
        "coalesce(task_trigger, 'COUNT_REACHED') = 'COUNT_REACHED')",
        "tracker_task_rule_is_whole": "(task_trigger IS NULL) = (task_assignee_id IS NULL)",
    },
    "closed_period": {"closed_period_begins_before_it_ends": "begin_date <= end_date"},
}


async def add_constraints(_apps: StateApps, editor: BaseSchemaEditor) -> None:
    """Install them, in the dialect of the database."""
    client = editor.client
    for table, checks in CHECKS.items():
        clauses = [f"CONSTRAINT {name} CHECK ({check})" for name, check in checks.items()]
        if client.capabilities.dialect == "postgres":
            await client.execute_query(f"ALTER TABLE {table} " + ", ".join(f"ADD {clause}" for clause in clauses))
        else:
            await _make_again(client, table, clauses)
    for name, columns in UNIQUE.items():
        await client.execute_query(f"CREATE UNIQUE INDEX {name} ON {columns}")


async def remove_constraints(_apps: StateApps, editor: BaseSchemaEditor) -> None:
    """Drop what can be dropped; SQLite keeps its checks until the tables go."""
    for name in UNIQUE:
        await editor.client.execute_query(f"DROP INDEX {name}")
    if editor.client.capabilities.dialect == "postgres":
        for table, checks in CHECKS.items():
            for name in checks:
                await editor.client.execute_query(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


async def _make_again(client: BaseDBAsyncClient, table: str, clauses: list[str]) -> None:
    known = await client.execute_query_dict(
        "SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC", [table]
    )
    definition, *indexes = [str(row["sql"]) for row in known]
    columns = definition.rstrip().removesuffix(")").rstrip()
    await client.execute_query(f"DROP TABLE {table}")
    for statement in (", ".join([columns, *clauses]) + ")", *indexes):
        await client.execute_query(statement)


class Migration(migrations.Migration):
    """Follows the first tables."""

    dependencies = [("models", "0001_initial")]
    operations = [RunPython(add_constraints, remove_constraints)]
