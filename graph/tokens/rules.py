"""What a token has to say, as the settings tell."""

from dataclasses import dataclass
from typing import Final

from models.settings import Settings

AUDIENCE: Final = "session-tracker"


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """Where the issuer's tokens say it: a name, or a path of names with dots between them.

    A person is named by their id, or, where `email` is given, by their email address instead.
    """

    practice: str = "practice"
    staff: str = "sub"
    email: str | None = None
    role: str = "role"


@dataclass(frozen=True, slots=True)
class TokenRules:
    """Who every token is for, and from whom; `names` is about those of the issuer alone."""

    audience: str = AUDIENCE
    issuer: str | None = None
    names: ClaimNames = ClaimNames()


OURS: Final = TokenRules()


def rules_of(settings: Settings) -> TokenRules:
    """Return the rules that are set."""
    names = ClaimNames(
        practice=settings.jwt_practice_claim,
        staff=settings.jwt_staff_claim,
        email=settings.jwt_email_claim,
        role=settings.jwt_role_claim,
    )
    return TokenRules(settings.jwt_audience, settings.jwt_issuer, names)
