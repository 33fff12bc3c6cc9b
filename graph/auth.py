"""Who is asking: bearer tokens (JWT), and the viewer they stand for."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import jwt

from graph.tokens.claims import OF_NOBODY, SYSTEM_ROLES, Claims
from graph.tokens.issuer import Issuer
from graph.tokens.reading import ALGORITHM, HOW, NOT_VALID, UnknownKey, Verifier, claims_in
from graph.tokens.rules import OURS, TokenRules
from models.access import Viewer, staff_viewers, staff_viewers_by_email
from models.batching import Batched
from models.clock import Clock
from models.errors import Unauthenticated, Unavailable
from models.practices import Practice
from models.terms import Role
from models.text import MAX_TEXT

LEEWAY_SECONDS: Final = 10
EXPIRED: Final = "The token has expired: sign in again."
TOO_EARLY: Final = "The token is not valid yet."
WITHDRAWN: Final = "The key that the token was signed with is no longer in use: sign in again."
INACTIVE: Final = "The token is for somebody who is not an active staff member: sign in again."
NO_KEYS_YET: Final = "The keys that tokens are checked with cannot be had now: try again shortly."


def issue_token(
    *,
    secret: str,
    practice_id: UUID,
    now: datetime,
    lifetime: timedelta,
    staff_member_id: UUID | None = None,
    role: Role | None = None,
    label: str = "integration",
    rules: TokenRules = OURS,
) -> str:
    """Return a signed token for a staff member, whose role the database tells, or else for a system with `role`.

    Raises ValueError for a system role other than INTEGRATION or READ_ONLY.
    """
    claims: dict[str, Any] = {"aud": rules.audience, "practice": str(practice_id), "iat": now, "exp": now + lifetime}
    if rules.issuer is not None:
        claims["iss"] = rules.issuer
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


class Porter:
    """Knows whom to let in. Those who come at the same time are looked up together."""

    def __init__(
        self, *, clock: Clock, secret: str | None, rules: TokenRules = OURS, issuer: Issuer | None = None
    ) -> None:
        self._clock = clock
        self._issuer = issuer
        self._verifier = Verifier(secret, rules)
        self._staff = Batched(staff_viewers)
        self._by_email = Batched(staff_viewers_by_email)
        self._practices = Batched(_practices_there)

    @property
    def has_keys(self) -> bool:
        """Whether the issuer's tokens can be checked, if there is an issuer."""
        return self._issuer is None or bool(self._issuer.keys)

    async def claims_of(self, token: str | None) -> Claims:
        """Return what the token says.

        Raises Unauthenticated: no token, or a bad or expired one; Unavailable: the issuer's keys are needed to tell.
        """
        if token is None:
            raise Unauthenticated(HOW)
        try:
            claims = claims_in(token, self._newest())
        except UnknownKey:
            claims = await self._with_newer_keys(token)
        self._refuse_untimely(claims)
        return claims

    async def viewer_of(self, claims: Claims) -> Viewer:
        """Return who is asking, as the database has them now.

        Raises Unauthenticated: the token has expired meanwhile, or they are not active; and the database's own errors.
        """
        self._refuse_untimely(claims)
        practice_id, caller = claims.practice_id, claims.caller
        if isinstance(caller, Viewer):
            if await self._practices.get(practice_id) is None:
                raise Unauthenticated(OF_NOBODY)
            return caller
        if isinstance(caller, str):
            viewer = await self._by_email.get((practice_id, caller))
        else:
            viewer = await self._staff.get((practice_id, caller))
        if viewer is None:
            raise Unauthenticated(INACTIVE)
        return viewer

    def seconds_left(self, claims: Claims) -> float:
        """Return for how long the token is still valid; zero or less when it has expired, or its key is withdrawn."""
        return 0 if self._is_withdrawn(claims) else claims.expires_at - self._clock.now().timestamp()

    def _refuse_untimely(self, claims: Claims) -> None:
        if self._is_withdrawn(claims):
            raise Unauthenticated(WITHDRAWN)
        if self.seconds_left(claims) <= 0:
            raise Unauthenticated(EXPIRED)
        if claims.not_before - LEEWAY_SECONDS > self._clock.now().timestamp():
            raise Unauthenticated(TOO_EARLY)

    def _is_withdrawn(self, claims: Claims) -> bool:
        return claims.key is not None and (self._issuer is None or claims.key not in self._issuer.keys)

    def _newest(self) -> Verifier:
        """Return what tokens are checked with, by the keys that the issuer has now."""
        if self._issuer is not None and self._issuer.keys is not self._verifier.keys:
            self._verifier = replace(self._verifier, keys=self._issuer.keys)
        return self._verifier

    async def _with_newer_keys(self, token: str) -> Claims:
        """Read a token whose key is not known, when the issuer has been asked."""
        if self._issuer is None:
            raise Unauthenticated(NOT_VALID)
        await self._issuer.look_again()
        try:
            return claims_in(token, self._newest())
        except UnknownKey as error:
            if self._issuer.is_reached:
                raise
            raise Unavailable(NO_KEYS_YET) from error


async def _practices_there(asked: Collection[UUID]) -> dict[UUID, UUID]:
    return {row.id: row.id for row in await Practice.filter(id__in=set(asked)).only("id")}
