"""What demo mode keeps between starts: how far its clock was advanced, and the secret of its tokens."""

from tortoise import fields
from tortoise.models import Model


class DemoState(Model):
    """The only row, id 1."""

    id = fields.IntField(primary_key=True, generated=True)
    days_ahead = fields.IntField(default=0)
    jwt_secret = fields.CharField(max_length=128)

    class Meta:
        table = "demo_state"
