"""Who is asking: bearer tokens (JWT, HS256), and the viewer they stand for."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import jwt

from models.access import Viewer, staff_viewer
from models.errors import Unauthenticated
from models.practices import Practice
from models.terms import Role
from models.text import MAX_TEXT

ALGORITHM: Final = "HS256"
AUDIENCE: Final = "session-tracker"
SYSTEM_ROLES: Final = frozenset({Role.INTEGRATION, Role.READ_ONLY})
HOW: Final = "Send a valid token: `Authorization: Bearer …`, over a socket in the payload of connection_init."


def issue_token(
    *,
    secret: str,
    practice_id: UUID,
    now: datetime,
    lifetime: timedelta,
    staff_member_id: UUID | None = None,
    role: Role | None = None,
    label: str = "integration",
) -> str:
    """Return a signed token for a staff member, whose role the database tells, or else for a system with `role`.

    Raises ValueError for a system role other than INTEGRATION or READ_ONLY.
    """
    claims: dict[str, Any] = {"aud": AUDIENCE, "practice": str(practice_id), "iat": now, "exp": now + lifetime}
    if not 0 < len(label) <= MAX_TEXT:
        raise ValueError(f"A label has 1 to {MAX_TEXT} characters.")
    if staff_member_id is not None:
        claims["sub"] = str(staff_member_id)
    elif role in SYSTEM_ROLES:
        claims |= {"sub": label, "role": role}
    else:
        raise ValueError("A token without a staff member has the role INTEGRATION or READ_ONLY.")
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


async def viewer_of(token: str | None, *, secret: str, now: datetime) -> Viewer:
    """Return who the token stands for, as the database has them now.

    Raises Unauthenticated: no token, a bad or expired one, or a staff member who is not active.
    """
    if token is None:
        raise Unauthenticated(HOW)
    claims = _claims(token, secret=secret, now=now)
    try:
        practice_id = UUID(claims["practice"])
        if "role" in claims:
            return await _system(practice_id, Role(claims["role"]), str(claims["sub"]))
        return await _staff_member(practice_id, UUID(claims["sub"]))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated("The token does not say who it is for: have a new one issued.") from error


def bearer_token(headers: Mapping[str, object]) -> str | None:
    """Return the token in an Authorization entry, of a header or of a connection's parameters; None when absent."""
    for name, value in headers.items():
        if name.lower() == "authorization" and isinstance(value, str):
            scheme, _, token = value.strip().partition(" ")
            return token.strip() if scheme.lower() == "bearer" and token else None
    return None


def _claims(token: str, *, secret: str, now: datetime) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            options={"require": ["exp", "sub"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        expired = now.timestamp() >= float(claims["exp"])
    except (jwt.InvalidTokenError, TypeError, ValueError) as error:
        raise Unauthenticated(f"The token is not valid. {HOW}") from error
    if expired:
        raise Unauthenticated("The token has expired: sign in again.")
    return claims


async def _system(practice_id: UUID, role: Role, label: str) -> Viewer:
    if role not in SYSTEM_ROLES or len(label) > MAX_TEXT or not await Practice.exists(id=practice_id):
        raise Unauthenticated("The token is for no practice or role that exists: have a new one issued.")
    return Viewer(practice_id, role, label)


async def _staff_member(practice_id: UUID, staff_member_id: UUID) -> Viewer:
    viewer = await staff_viewer(staff_member_id, practice_id=practice_id)
    if viewer is None:
        raise Unauthenticated("The token is for somebody who is not an active staff member: sign in again.")
    return viewer
