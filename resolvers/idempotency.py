"""Once: a change that is asked for again with its key is answered, and not made again."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from tortoise.models import Model

from models.access import Viewer
from models.appointments import Appointment
from models.clients import Client
from models.errors import NotFound, refuse
from models.idempotency import LONGEST_KEY, Attempt, Returned, attempting
from models.practices import Practice, StaffMember
from models.tasks import Task
from models.text import text_problems
from models.trackers import Tracker
from resolvers import nodes

T = TypeVar("T")

ENTITIES: Final[Mapping[str, type[Model]]] = {
    model.__name__: model for model in (Appointment, Client, Practice, StaffMember, Task, Tracker)
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A key, the fingerprint of what is asked for with it (operation and input), and when, by the machine's clock."""

    key: str
    fingerprint: str
    at: datetime


async def once(work: Callable[[], Awaitable[T]], *, viewer: Viewer, asked: Asked, now: datetime) -> T:
    """Do the work, a use case that changes something, unless the caller had it done with this key within 24 hours.

    Then return what it returned, as that is now. What failed was not done. Raises Invalid for the key,
    IdempotencyKeyReused when it came with something else, NotFound when what was returned is gone, and what the work
    raises.
    """
    refuse(text_problems(asked.key or None, longest=LONGEST_KEY, field="idempotencyKey"))

    async def recall(first: Returned) -> object:
        return await _as_it_is(first, viewer=viewer, now=now)

    attempt = Attempt(
        practice_id=viewer.practice_id,
        caller=_caller(viewer),
        key=asked.key,
        fingerprint=asked.fingerprint,
        now=asked.at,
        recall=recall,
    )
    with attempting(attempt):
        return await work()


async def _as_it_is(first: Returned, *, viewer: Viewer, now: datetime) -> object:
    if first.entity is None or first.entity_id is None:
        return first.entity_id
    row = await nodes.get(ENTITIES[first.entity], first.entity_id, viewer=viewer, now=now)
    if row is None:
        raise NotFound("This was done with this key, and what it was done to has been deleted since.")
    return row


def _caller(viewer: Viewer) -> str:
    """Return who is asking: a staff member whatever they are called now, a system by its name."""
    return f"staff:{viewer.staff_member_id}" if viewer.staff_member_id is not None else f"system:{viewer.label}"
