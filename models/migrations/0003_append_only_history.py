"""History is append-only: the database itself refuses to update or delete an entry."""

from tortoise import migrations
from tortoise.migrations.operations import RunPython
from tortoise.migrations.schema_editor import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

REFUSAL = "history is append-only"

SQLITE = [
    f"CREATE TRIGGER history_is_append_only_on_{verb} BEFORE {verb} ON history_entry "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for verb in ("update", "delete")
]
POSTGRES = [
    f"CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE TRIGGER history_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change()",
]


async def refuse_changes(_apps: StateApps, editor: BaseSchemaEditor) -> None:
    """Install the triggers, in the dialect of the database."""
    for statement in POSTGRES if editor.client.capabilities.dialect == "postgres" else SQLITE:
        await editor.client.execute_query(statement)


async def allow_changes(_apps: StateApps, editor: BaseSchemaEditor) -> None:
    """Take the triggers away again."""
    if editor.client.capabilities.dialect == "postgres":
        await editor.client.execute_query("DROP FUNCTION refuse_history_change() CASCADE")
        return
    for verb in ("update", "delete"):
        await editor.client.execute_query(f"DROP TRIGGER history_is_append_only_on_{verb}")


class Migration(migrations.Migration):
    """Follows the constraints."""

    dependencies = [("models", "0002_constraints")]
    operations = [RunPython(refuse_changes, allow_changes)]
