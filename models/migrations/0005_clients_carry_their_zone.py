"""Each client carries the time zone in which it was settled last: so far its practice's.

The field is added by hand. A column that may not be absent needs a value for the rows that are there, and on SQLite the
library could forbid absence later only by rebuilding the table, without its indexes: there, nothing is the default.
"""

from tortoise import fields, migrations
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.migrations.operations import AddField, RunPython
from tortoise.migrations.schema_editor import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

FILL = (
    "UPDATE client SET time_zone = (SELECT practice.time_zone FROM practice WHERE practice.id = client.practice_id)"
)
POSTGRES = [
    "ALTER TABLE client ADD COLUMN time_zone VARCHAR(64)",
    FILL,
    "ALTER TABLE client ALTER COLUMN time_zone SET NOT NULL",
]
SQLITE = ["ALTER TABLE client ADD COLUMN time_zone VARCHAR(64) NOT NULL DEFAULT ''", FILL]


async def add_time_zone(_apps: StateApps, editor: BaseSchemaEditor) -> None:
    """Add the column and fill it, in the dialect of the database."""
    await _run(editor.client, POSTGRES if editor.client.capabilities.dialect == "postgres" else SQLITE)


async def drop_time_zone(_apps: StateApps, editor: BaseSchemaEditor) -> None:
    """Take the column away again."""
    await _run(editor.client, ["ALTER TABLE client DROP COLUMN time_zone"])


async def _run(client: BaseDBAsyncClient, statements: list[str]) -> None:
    for statement in statements:
        await client.execute_query(statement)


class KnownField(AddField):
    """A field whose column is there already."""

    async def database_forward(self, *_arguments: object, **_others: object) -> None:
        """Do nothing."""

    async def database_backward(self, *_arguments: object, **_others: object) -> None:
        """Do nothing."""


class Migration(migrations.Migration):
    """Follows the clients that are due."""

    dependencies = [("models", "0004_due_clients")]
    operations = [
        AddField("Practice", "moved_at", fields.DatetimeField(null=True)),
        RunPython(add_time_zone, drop_time_zone),
        KnownField("Client", "time_zone", fields.CharField(max_length=64)),
    ]
