"""Changes that are asked for with an idempotency key."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from models.clients import Client
from resolvers.idempotency import Asked, once
from tests.storage.scene import Scene

T = TypeVar("T")
KEY: Final = "8e03978e-40d5-43dd-bc93-6894a57f9324"


async def keyed(scene: Scene, work: Callable[[], Awaitable[T]], *, key: str = KEY, said: str = "the same") -> T:
    """Have the administrator do the work once for a key; what it says it is, is its fingerprint."""
    now = scene.clock.now()
    return await once(work, viewer=scene.viewer, asked=Asked(key, said, now), now=now)


async def create(scene: Scene, *, key: str = KEY) -> Client:
    """Create a client, once for a key."""
    return await keyed(scene, scene.client, key=key)
