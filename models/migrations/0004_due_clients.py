from tortoise import migrations
from tortoise.migrations import operations as ops
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0003_append_only_history')]

    initial = False

    operations = [
        ops.CreateModel(
            name='SetAside',
            fields=[
                ('client_id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('practice_id', fields.UUIDField()),
                ('due_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('reason', fields.CharField(max_length=500)),
                ('failures', fields.IntField()),
                ('since', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('retry_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'set_aside', 'app': 'models', 'pk_attr': 'client_id', 'table_description': 'A client whose last settling failed. It holds while the client is still due since `due_at`.'},
            bases=['Model'],
        ),
        ops.RemoveIndex(
            model_name='Client',
            name='client_by_due_at',
            fields=None,
        ),
        ops.AddIndex(
            model_name='Client',
            index=Index(fields=['due_at', 'id'], name='client_by_due_moment'),
        ),
        ops.AddIndex(
            model_name='Client',
            index=Index(fields=['practice_id', 'due_at', 'id'], name='client_by_practice_and_due_moment'),
        ),
    ]
