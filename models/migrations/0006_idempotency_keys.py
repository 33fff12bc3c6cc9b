"""What was done for a caller's key, once: the database itself refuses the key a second time."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.migrations.schema_editor import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

NAME = "idempotency_key_is_unique"


async def add_uniqueness(_apps: StateApps, editor: BaseSchemaEditor) -> None:
    """Install the constraint, which the library leaves out."""
    await editor.client.execute_query(f'CREATE UNIQUE INDEX {NAME} ON idempotency_key (practice_id, caller, "key")')


async def drop_uniqueness(_apps: StateApps, editor: BaseSchemaEditor) -> None:
    """Take the constraint away again."""
    await editor.client.execute_query(f"DROP INDEX {NAME}")


class Migration(migrations.Migration):
    """Follows the clients' time zones."""

    dependencies = [("models", "0005_clients_carry_their_zone")]
    operations = [
        ops.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("practice_id", fields.UUIDField()),
                ("caller", fields.CharField(max_length=210)),
                ("key", fields.CharField(max_length=255)),
                ("fingerprint", fields.CharField(max_length=64)),
                ("entity", fields.CharField(null=True, max_length=32)),
                ("entity_id", fields.UUIDField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "idempotency_key",
                "app": "models",
                "constraints": [UniqueConstraint(fields=("practice_id", "caller", "key"), name=NAME)],
                "indexes": [Index(fields=["created_at"], name="idempotency_key_by_moment")],
                "pk_attr": "id",
                "table_description": "A change that a caller made with a key, and what it returned: a row, the id of "
                "what is gone, or nothing.",
            },
            bases=["Model"],
        ),
        ops.RunPython(add_uniqueness, drop_uniqueness),
    ]
