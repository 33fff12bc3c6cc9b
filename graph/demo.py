"""Signing in to the demo practice: a token for whoever asks, in demo mode only."""

from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from graph.auth import issue_token
from graph.pages.asking import is_of_another_site, names_us
from graph.tokens.rules import rules_of
from models.clock import SystemClock
from models.demo import signing_secret
from models.practices import StaffMember
from models.settings import Settings
from models.terms import Role
from resolvers.demo_practice import first_of_each_role, seeded

LIFETIME: Final = timedelta(days=30)


async def token_for(person: StaffMember, settings: Settings) -> str:
    """Return a token with which somebody may try the demo in that person's place, signed as the server expects."""
    secret = await signing_secret(settings)
    assert secret is not None, "demo mode has one"
    return issue_token(
        secret=secret,
        practice_id=person.practice_id,
        now=SystemClock().now(),
        lifetime=LIFETIME,
        staff_member_id=person.id,
        rules=rules_of(settings),
    )


def demo_routes(settings: Settings) -> list[Route]:
    """Return what is served in demo mode besides; nothing outside of it."""

    async def token(request: Request) -> Response:
        if not names_us(request, settings.allowed_origins):
            return _refusal(421, "Tokens are had at localhost, 127.0.0.1, [::1] and the hosts of ALLOWED_ORIGINS only.")
        if is_of_another_site(request):
            return _refusal(403, "Pages of another origin get no token.")
        try:
            role = Role(request.query_params.get("role", Role.STAFF))
        except ValueError:
            return _refusal(400, f"`role` is one of {', '.join(Role)}.")
        practice = await seeded()
        if practice is None:
            return _refusal(404, "This database holds no demo practice, and nobody gets a token of another.")
        people = await first_of_each_role(practice)
        if role not in people:
            return _refusal(404, f"Nobody in the demo practice has the role {role}.")
        person = people[role]
        told = {"token": await token_for(person, settings), "role": role, "name": person.name}
        return JSONResponse(told)

    return [Route("/demo/token", token)] if settings.demo_mode else []


def _refusal(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status_code=status)
