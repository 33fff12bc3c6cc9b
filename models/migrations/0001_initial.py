from tortoise import migrations
from tortoise.migrations import operations as ops
from models.terms import AppointmentStatus, ChangeReason, Role, TaskReason, TaskStatus, TaskTrigger, TrackerState
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from uuid import uuid4
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='DemoState',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('days_ahead', fields.IntField(default=0)),
                ('jwt_secret', fields.CharField(max_length=128)),
            ],
            options={'table': 'demo_state', 'app': 'models', 'pk_attr': 'id', 'table_description': 'The only row, id 1.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='HistoryEntry',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('practice_id', fields.UUIDField()),
                ('client_id', fields.UUIDField(null=True)),
                ('subject_id', fields.UUIDField()),
                ('what', fields.CharField(max_length=64)),
                ('actor', fields.CharField(max_length=200)),
                ('staff_member_id', fields.UUIDField(null=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('before', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ('after', fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'history_entry', 'app': 'models', 'indexes': [Index(fields=['practice_id', 'at', 'id'], name='history_by_moment'), Index(fields=['subject_id', 'at'], name='history_by_subject')], 'pk_attr': 'id', 'table_description': 'One change. The database refuses to update or delete it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OutboxHint',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('client_id', fields.UUIDField()),
                ('practice_id', fields.UUIDField()),
                ('revision', fields.BigIntField()),
            ],
            options={'table': 'outbox_hint', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A client reached a revision. It carries no state, so that repeats and gaps are harmless.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Practice',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=200)),
                ('time_zone', fields.CharField(max_length=64)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'practice', 'app': 'models', 'constraints': [CheckConstraint(check='length(name) > 0', name='practice_name_is_given')], 'pk_attr': 'id', 'table_description': 'The tenant: nothing of one practice is ever visible to another.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Client',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('practice', fields.ForeignKeyField('models.Practice', source_field='practice_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('name', fields.CharField(max_length=200)),
                ('external_id', fields.CharField(null=True, max_length=200)),
                ('revision', fields.BigIntField(default=0)),
                ('changed_because', fields.CharEnumField(default=ChangeReason.SNAPSHOT, description='SNAPSHOT: SNAPSHOT\nCOMPLETION: COMPLETION\nCORRECTION: CORRECTION\nTRACKER_EDIT: TRACKER_EDIT\nRESET: RESET\nEXPIRY: EXPIRY\nNEW_DAY: NEW_DAY\nRESYNC: RESYNC', enum_type=ChangeReason, max_length=16)),
                ('due_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('settled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'client', 'app': 'models', 'constraints': [UniqueConstraint(fields=('practice_id', 'external_id'), name='client_external_id_is_unique')], 'indexes': [Index(fields=['due_at'], name='client_by_due_at'), Index(fields=['practice_id', 'name', 'id'], name='client_by_name')], 'pk_attr': 'id', 'table_description': 'A person who receives care.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='StaffMember',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('practice', fields.ForeignKeyField('models.Practice', source_field='practice_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('name', fields.CharField(max_length=200)),
                ('email', fields.CharField(max_length=254)),
                ('role', fields.CharEnumField(description='ADMIN: ADMIN\nSTAFF: STAFF\nREAD_ONLY: READ_ONLY\nINTEGRATION: INTEGRATION', enum_type=Role, max_length=16)),
                ('active', fields.BooleanField(default=True)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'staff_member', 'app': 'models', 'constraints': [UniqueConstraint(fields=('practice_id', 'email'), name='staff_member_email_is_unique')], 'pk_attr': 'id', 'table_description': 'A person of the practice who signs in.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Appointment',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('practice', fields.ForeignKeyField('models.Practice', source_field='practice_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('client', fields.ForeignKeyField('models.Client', source_field='client_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('starts_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('service_date', fields.DateField()),
                ('status', fields.CharEnumField(default=AppointmentStatus.SCHEDULED, description='SCHEDULED: SCHEDULED\nCOMPLETED: COMPLETED\nCANCELLED: CANCELLED\nMISSED: MISSED', enum_type=AppointmentStatus, max_length=16)),
                ('practitioner', fields.ForeignKeyField('models.StaffMember', source_field='practitioner_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('service', fields.CharField(null=True, max_length=200)),
                ('external_id', fields.CharField(null=True, max_length=200)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'appointment', 'app': 'models', 'constraints': [UniqueConstraint(fields=('practice_id', 'external_id'), name='appointment_external_id_is_unique'), CheckConstraint(check='starts_at <= ends_at', name='appointment_ends_after_it_starts')], 'indexes': [Index(fields=['client_id', 'service_date'], name='appointment_by_client'), Index(fields=['practice_id', 'starts_at', 'id'], name='appointment_by_start')], 'pk_attr': 'id', 'table_description': "One booked session of one client. `service_date` is the date of its start in the practice's time zone."},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Tracker',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('practice', fields.ForeignKeyField('models.Practice', source_field='practice_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('client', fields.ForeignKeyField('models.Client', source_field='client_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('slot', fields.SmallIntField()),
                ('session_limit', fields.IntField()),
                ('begin_date', fields.DateField()),
                ('end_date', fields.DateField(null=True)),
                ('note', fields.CharField(null=True, max_length=1000)),
                ('color', fields.CharField(max_length=7)),
                ('auto_reset', fields.BooleanField()),
                ('task_assignee', fields.ForeignKeyField('models.StaffMember', source_field='task_assignee_id', null=True, db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('task_trigger', fields.CharEnumField(null=True, description='COUNT_REACHED: COUNT_REACHED\nEND_DATE: END_DATE\nWHICHEVER_COMES_FIRST: WHICHEVER_COMES_FIRST', enum_type=TaskTrigger, max_length=24)),
                ('anchor_begin', fields.DateField()),
                ('anchor_end', fields.DateField(null=True)),
                ('anchor_number', fields.IntField(default=1)),
                ('period_number', fields.IntField(default=1)),
                ('used', fields.IntField(default=0)),
                ('remaining', fields.IntField()),
                ('state', fields.CharEnumField(description='UPCOMING: UPCOMING\nACTIVE: ACTIVE\nLIMIT_REACHED: LIMIT_REACHED\nEXPIRED: EXPIRED\nREMOVED: REMOVED', enum_type=TrackerState, max_length=16)),
                ('noticed_limit', fields.IntField(null=True)),
                ('end_noticed', fields.BooleanField(default=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('updated_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('removed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'tracker', 'app': 'models', 'constraints': [UniqueConstraint(fields=('client_id', 'slot'), name='tracker_slot_is_free', condition='removed_at IS NULL'), CheckConstraint(check='slot BETWEEN 1 AND 8', name='tracker_slot_is_one_of_eight'), CheckConstraint(check='session_limit >= 1', name='tracker_limit_is_positive'), CheckConstraint(check='end_date IS NULL OR begin_date <= end_date', name='tracker_begins_before_it_ends'), CheckConstraint(check="end_date IS NOT NULL OR (NOT auto_reset AND coalesce(task_trigger, 'COUNT_REACHED') = 'COUNT_REACHED')", name='tracker_end_date_is_given_where_needed'), CheckConstraint(check='(task_trigger IS NULL) = (task_assignee_id IS NULL)', name='tracker_task_rule_is_whole')], 'indexes': [Index(fields=['practice_id', 'remaining', 'id'], name='tracker_by_remaining'), Index(fields=['practice_id', 'end_date', 'id'], name='tracker_by_end_date')], 'pk_attr': 'id', 'table_description': 'A session limit on one client: its settings and, in the same row, its current period.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ClosedPeriod',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('practice', fields.ForeignKeyField('models.Practice', source_field='practice_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('tracker', fields.ForeignKeyField('models.Tracker', source_field='tracker_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
                ('begin_date', fields.DateField()),
                ('end_date', fields.DateField()),
                ('session_limit', fields.IntField()),
                ('used', fields.IntField()),
                ('closed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'closed_period', 'app': 'models', 'constraints': [UniqueConstraint(fields=('tracker_id', 'number'), name='closed_period_number_is_unique'), CheckConstraint(check='begin_date <= end_date', name='closed_period_begins_before_it_ends')], 'pk_attr': 'id', 'table_description': 'A period that ended with an automatic reset. Corrections still change its count.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Task',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('practice', fields.ForeignKeyField('models.Practice', source_field='practice_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('client', fields.ForeignKeyField('models.Client', source_field='client_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('tracker', fields.ForeignKeyField('models.Tracker', source_field='tracker_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('period_number', fields.IntField()),
                ('title', fields.CharField(max_length=300)),
                ('assignee', fields.ForeignKeyField('models.StaffMember', source_field='assignee_id', db_constraint=True, to_field='id', on_delete=OnDelete.RESTRICT)),
                ('reason', fields.CharEnumField(description='COUNT_REACHED: COUNT_REACHED\nEND_DATE: END_DATE', enum_type=TaskReason, max_length=16)),
                ('status', fields.CharEnumField(description='OPEN: OPEN\nDONE: DONE\nWITHDRAWN: WITHDRAWN', enum_type=TaskStatus, max_length=16)),
                ('rearmed', fields.BooleanField(default=False)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'task', 'app': 'models', 'constraints': [UniqueConstraint(fields=('tracker_id', 'period_number'), name='task_is_one_per_period')], 'indexes': [Index(fields=['practice_id', 'created_at', 'id'], name='task_by_creation'), Index(fields=['client_id'], name='task_by_client'), Index(fields=['assignee_id', 'status'], name='task_by_assignee')], 'pk_attr': 'id', 'table_description': "A to-do created when a tracker's trigger fires, for the period whose count or end fired it."},
            bases=['Model'],
        ),
    ]
