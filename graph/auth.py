"""Who is asking: bearer tokens (JWT, HS256), and the viewer they stand for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import jwt

from models.access import Viewer, staff_viewers
from models.batching import Batched
from models.clock import Clock
from models.errors import Unauthenticated
from models.practices import Practice
from models.terms import Role
from models.text import MAX_TEXT

ALGORITHM: Final = "HS256"
AUDIENCE: Final = "session-tracker"
SYSTEM_ROLES: Final = frozenset({Role.INTEGRATION, Role.READ_ONLY})
KEPT_TOKENS: Final = 10_000
HOW: Final = "Send a valid token: `Authorization: Bearer …`, over a socket in the payload of connection_init."
EXPIRED: Final = "The token has expired: sign in again."
OF_NOBODY: Final = "The token is for no practice or role that exists: have a new one issued."


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


def bearer_token(headers: Mapping[str, object]) -> str | None:
    """Return the token in an Authorization entry, of a header or of a connection's parameters; None when absent."""
    for name, value in headers.items():
        if name.lower() == "authorization" and isinstance(value, str):
            scheme, _, token = value.strip().partition(" ")
            return token.strip() if scheme.lower() == "bearer" and token else None
    return None


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says: who it is for, a staff member or a system, and until when (POSIX seconds)."""

    practice_id: UUID
    caller: UUID | Viewer
    expires_at: float


class Porter:
    """Knows whom to let in. Those who come at the same time are looked up together."""

    def __init__(self, *, secret: str, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock
        self._staff = Batched(staff_viewers)
        self._practices = Batched(_practices_there)

    def claims_of(self, token: str | None) -> Claims:
        """Return what the token says.

        Raises Unauthenticated: no token, or a bad or expired one.
        """
        if token is None:
            raise Unauthenticated(HOW)
        claims = _claims_of(token, secret=self._secret)
        self._refuse_expired(claims)
        return claims

    async def viewer_of(self, claims: Claims) -> Viewer:
        """Return who is asking, as the database has them now.

        Raises Unauthenticated: the token has expired meanwhile, or they are not active; and the database's own errors.
        """
        self._refuse_expired(claims)
        if isinstance(claims.caller, Viewer):
            if await self._practices.get(claims.practice_id) is None:
                raise Unauthenticated(OF_NOBODY)
            return claims.caller
        viewer = await self._staff.get((claims.practice_id, claims.caller))
        if viewer is None:
            raise Unauthenticated("The token is for somebody who is not an active staff member: sign in again.")
        return viewer

    def seconds_left(self, claims: Claims) -> float:
        """Return for how long the token is still valid; zero or less when it has expired."""
        return claims.expires_at - self._clock.now().timestamp()

    def _refuse_expired(self, claims: Claims) -> None:
        if self.seconds_left(claims) <= 0:
            raise Unauthenticated(EXPIRED)


@lru_cache(KEPT_TOKENS)
def _claims_of(token: str, *, secret: str) -> Claims:
    """Return what a token says that we signed; whoever has it sends it often."""
    said = _decoded(token, secret=secret)
    try:
        practice_id, subject = UUID(said["practice"]), said["sub"]
        caller = _system(practice_id, said["role"], subject) if "role" in said else UUID(subject)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated("The token does not say who it is for: have a new one issued.") from error
    return Claims(practice_id, caller, said["exp"])


def _decoded(token: str, *, secret: str) -> dict[str, Any]:
    """Return the claims of a token that we signed, with its expiry as a number."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            options={"require": ["exp", "sub"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        return {**claims, "exp": float(claims["exp"])}
    except (jwt.InvalidTokenError, TypeError, ValueError) as error:
        raise Unauthenticated(f"The token is not valid. {HOW}") from error


def _system(practice_id: UUID, role: str, label: str) -> Viewer:
    if Role(role) not in SYSTEM_ROLES or len(label) > MAX_TEXT:
        raise Unauthenticated(OF_NOBODY)
    return Viewer(practice_id, Role(role), label)


async def _practices_there(asked: Collection[UUID]) -> dict[UUID, UUID]:
    return {row.id: row.id for row in await Practice.filter(id__in=set(asked)).only("id")}
