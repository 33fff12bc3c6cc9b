"""Tokens are handed out in demo mode, for who is there, and nowhere else."""

import httpx
from pydantic import SecretStr

from models.practices import StaffMember
from models.settings import Settings
from models.terms import Role
from tests.api.conftest import SECRET, House
from tests.api.served import serving
from tests.conftest import StillClock


async def test_a_role_that_nobody_has_any_more_is_refused(house: House) -> None:
    """Whoever is not active does not come in."""
    await StaffMember.filter(role=Role.READ_ONLY).update(active=False)
    answer = await house.http.get(f"{house.address}/demo/token", params={"role": "READ_ONLY"})
    assert (answer.status_code, answer.json()) == (
        404,
        {"message": "Nobody in the demo practice has the role READ_ONLY."},
    )


async def test_outside_of_demo_mode_there_are_no_tokens(database_url: str, clock: StillClock) -> None:
    """The address is not there at all."""
    settings = Settings(database_url=database_url, jwt_secret=SecretStr(SECRET), port=0)
    async with serving(settings, clock=clock) as address, httpx.AsyncClient() as http:
        for method in ("GET", "POST"):
            assert (await http.request(method, f"{address}/demo/token")).status_code == 404
