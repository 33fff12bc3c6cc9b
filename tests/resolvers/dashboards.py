"""What boards and inboxes are tried with: short limits, somebody who reads, and hints."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from jobs.bus import Hint, InProcessBus
from models.practices import StaffMember
from models.terms import Role
from resolvers import staff
from tests.storage.scene import ACTOR, MARCH, Scene

SHORT: Final = replace(MARCH, session_limit=2, auto_reset=False)


async def tell(bus: InProcessBus, scene: Scene, *client_ids: UUID) -> None:
    """Publish hints of clients of the practice."""
    await bus.publish([Hint(key, scene.practice.id, 0) for key in client_ids])


async def colleague(scene: Scene) -> StaffMember:
    """Add somebody who reads."""
    return await staff.add(
        practice_id=scene.practice.id,
        actor=ACTOR,
        name="Ida Sommer",
        email="ida@harbour.example",
        role=Role.READ_ONLY,
        now=scene.clock.now(),
    )
