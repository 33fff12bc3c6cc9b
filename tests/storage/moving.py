"""Moving a practice to another time zone, and sessions at moments whose date depends on it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from jobs.rollover import Rollover, roll_over
from models.appointments import Appointment
from models.clients import Client
from models.practices import Practice
from resolvers import appointments, practices
from tests.storage.scene import Scene

ZURICH: Final = "Europe/Zurich"
NEW_YORK: Final = "America/New_York"
AUCKLAND: Final = "Pacific/Auckland"


async def announce(scene: Scene, zone: str) -> Practice:
    """Move the practice to another time zone; its clients have yet to follow."""
    return await practices.update(viewer=scene.viewer, changes={"time_zone": zone}, now=scene.clock.now())


async def move(scene: Scene, zone: str) -> Rollover:
    """Move the practice to another time zone, its clients as well, by a pass; return what that did."""
    await announce(scene, zone)
    done = await roll_over(now=scene.clock.now())
    assert await to_move(scene) == 0
    return done


async def to_move(scene: Scene) -> int:
    """Return how many clients have yet to follow."""
    return await practices.clients_to_move(await Practice.get(id=scene.practice.id))


async def zones(*clients: Client) -> list[str]:
    """Return the time zones that the clients are kept in."""
    return [(await Client.get(id=client.id)).time_zone for client in clients]


async def at(scene: Scene, client_id: UUID, moment: str, *, completed: bool = True) -> Appointment:
    """Book an appointment at this UTC moment of 2026, such as `03-04 23:30`."""
    starts_at = datetime.fromisoformat(f"2026-{moment}+00:00")
    row = await appointments.schedule(
        viewer=scene.viewer,
        client_id=client_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        practitioner_id=None,
        service=None,
        external_id=None,
        now=scene.clock.now(),
    )
    return await scene.complete(row.id) if completed else row
