"""Global ids: opaque to clients, a type's name and a key to us."""

import base64
import binascii
from functools import lru_cache
from typing import Final
from uuid import UUID

import strawberry
from tortoise.models import Model

from models.appointments import Appointment
from models.clients import Client
from models.errors import InvalidId
from models.practices import Practice, StaffMember
from models.tasks import Task
from models.trackers import Tracker

KEPT_IDS: Final = 20_000
NODES: Final[dict[str, type[Model]]] = {
    model.__name__: model for model in (Appointment, Client, Practice, StaffMember, Task, Tracker)
}


@lru_cache(KEPT_IDS)
def global_id(type_name: str, key: UUID) -> strawberry.ID:
    """Return the global id of a node."""
    return strawberry.ID(base64.urlsafe_b64encode(f"{type_name}:{key}".encode()).decode().rstrip("="))


def node_key(node_id: str) -> tuple[type[Model], UUID]:
    """Return the table and the key that a global id names.

    Raises InvalidId.
    """
    try:
        padded = node_id + "=" * (-len(node_id) % 4)
        type_name, _, key = base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition(":")
        return NODES[type_name], UUID(key)
    except (binascii.Error, ValueError, KeyError) as error:
        raise InvalidId("This is not an id of this API: pass one as it was returned.", path=["id"]) from error


def node_key_if_given(node_id: str | None, *path: str) -> UUID | None:
    """Return the key in a global id of whatever type, or None for None; `path` names the input field that held it.

    Raises InvalidId.
    """
    try:
        return None if node_id is None else node_key(node_id)[1]
    except InvalidId as error:
        raise InvalidId(error.message, path=path) from error


def key_of(model: type[Model], node_id: str, *path: str) -> UUID:
    """Return the key in a global id of this type; `path` names the input field that held it.

    Raises InvalidId, also for an id of another type.
    """
    try:
        found, key = node_key(node_id)
    except InvalidId as error:
        raise InvalidId(error.message, path=path) from error
    if found is not model:
        raise InvalidId(f"This is the id of a {found.__name__}: pass one of a {model.__name__}.", path=path)
    return key


def key_if_given(model: type[Model], node_id: str | None, *path: str) -> UUID | None:
    """Return the key in a global id of this type, or None for None.

    Raises InvalidId.
    """
    return None if node_id is None else key_of(model, node_id, *path)
