"""What a token says: for which practice, of whom, and from when until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from graph.tokens.keys import Key
from graph.tokens.rules import ClaimNames
from models.access import Viewer
from models.errors import Unauthenticated
from models.terms import Role
from models.text import MAX_TEXT, text_problems

SYSTEM_ROLES: Final = frozenset({Role.INTEGRATION, Role.READ_ONLY})
OF_NOBODY: Final = "The token is for no practice or role that exists: have a new one issued."
WITHOUT_NAME: Final = "The token does not say who it is for: have a new one issued."
UNVERIFIED: Final = "The email address that the token names has not been verified."
Caller = UUID | str | Viewer


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says. Times are POSIX seconds; `key` is the issuer's that it was checked with, if any.

    It is for a staff member, named by their id or their email address, or for a system.
    """

    practice_id: UUID
    caller: Caller
    expires_at: float
    not_before: float = 0
    key: Key | None = None


def whom_we_name(said: Mapping[str, Any]) -> tuple[UUID, Caller]:
    """Return whom a token is for that the secret signed: its practice, and the staff member or the system.

    Raises Unauthenticated.
    """
    try:
        practice_id, subject = UUID(said["practice"]), said["sub"]
        return practice_id, _system(practice_id, said["role"], subject) if "role" in said else UUID(subject)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated(WITHOUT_NAME) from error


def whom_the_issuer_names(said: Mapping[str, Any], *, names: ClaimNames) -> tuple[UUID, Caller]:
    """Return whom a token is for that the issuer signed.

    A token that names a person is that person's, whatever role it says: the database tells it. One that names nobody
    and has the role of a system is that system's. Raises Unauthenticated.
    """
    try:
        practice_id = UUID(claim(said, names.practice))
        person = _address(said, names.email) if names.email else _key(claim(said, names.staff))
        return practice_id, person or _system(practice_id, _system_role(claim(said, names.role)), said["sub"])
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated(WITHOUT_NAME) from error


def claim(said: Any, name: str) -> Any:
    """Return what is said under a name, which may have dots in it, or be a path with dots between its parts."""
    if not isinstance(said, Mapping):
        return None
    if name in said:
        return said[name]
    parts = name.split(".")
    for place in range(1, len(parts)):
        found = claim(said.get(".".join(parts[:place])), ".".join(parts[place:]))
        if found is not None:
            return found
    return None


def _key(said: object) -> UUID | None:
    try:
        return UUID(said) if isinstance(said, str) else None
    except ValueError:
        return None


def _address(said: Mapping[str, Any], name: str) -> str | None:
    """Return the email address; of the standard claim only one that the issuer has verified.

    Only ASCII letters are made small: others have small forms that are letters of somebody else's address.
    """
    address = claim(said, name)
    if not isinstance(address, str):
        return None
    if name == "email" and said.get("email_verified") is not True:
        raise Unauthenticated(UNVERIFIED)
    return address.lower() if address.isascii() else address


def _system_role(said: object) -> str:
    """Return the one role of a system among those said, which may be many, and of other applications.

    Raises ValueError when there is not exactly one.
    """
    (role,) = {role.value for role in SYSTEM_ROLES} & set(said if isinstance(said, list) else [said])
    return role


def _system(practice_id: UUID, role: str, label: str) -> Viewer:
    if Role(role) not in SYSTEM_ROLES or text_problems(label, longest=MAX_TEXT, field="sub"):
        raise Unauthenticated(OF_NOBODY)
    return Viewer(practice_id, Role(role), label)
