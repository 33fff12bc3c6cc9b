"""What demo mode keeps between starts: how far its clock was advanced, and the secret of its tokens."""

import secrets

from tortoise import fields
from tortoise.models import Model

from models.settings import Settings
from models.unit_of_work import unit_of_work


class DemoState(Model):
    """The only row, id 1."""

    id = fields.IntField(primary_key=True, generated=True)
    days_ahead = fields.IntField(default=0)
    jwt_secret = fields.CharField(max_length=128)

    class Meta:
        table = "demo_state"


async def demo_state() -> DemoState:
    """Return what demo mode keeps, made on first use."""

    async def work() -> DemoState:
        made = DemoState(id=1, jwt_secret=secrets.token_urlsafe(48))
        await DemoState.bulk_create([made], ignore_conflicts=True)
        return await DemoState.get(id=1)

    return await unit_of_work(work)


async def signing_secret(settings: Settings) -> str | None:
    """Return what signs tokens: the setting, or in demo mode what was made up; None where only an issuer signs."""
    if settings.jwt_secret is not None:
        return settings.jwt_secret.get_secret_value()
    return (await demo_state()).jwt_secret if settings.demo_mode else None
