"""Tokens are handed out in demo mode, of the demo practice, to pages of our own, and nowhere else."""

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from models.database import connected
from models.practices import StaffMember
from models.settings import Settings
from models.terms import Role
from resolvers.demo_practice import PEOPLE, first_of_each_role, seed
from tests.api.conftest import SECRET, House, running
from tests.api.served import Api, serving
from tests.conftest import StillClock

PATH = "/demo/token"


@pytest.fixture
async def demo(database_url: str, clock: StillClock) -> AsyncIterator[House]:
    """Serve the demo practice, also to pages of another origin."""
    async with connected(database_url):
        practice = await seed(now=clock.now())
        assert practice is not None
        people = await first_of_each_role(practice)
    origins = ("https://app.example",)
    async with running(database_url, clock, practice, people, allowed_origins=origins) as served:
        yield served


async def test_the_demo_hands_out_a_token_for_each_role(demo: House) -> None:
    """To whoever asks; who asks for none is staff."""
    for role in Role:
        answer = await demo.http.get(f"{demo.address}{PATH}", params={"role": role})
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        told = answer.json()
        assert (told["role"], told["name"]) == (role, PEOPLE[role][0])
        data = await Api(demo.address, told["token"], demo.http).data("{ viewer { role practice { name } } }")
        assert data == {"viewer": {"role": role, "practice": {"name": "Harbour Physiotherapy"}}}
    assert (await demo.http.get(f"{demo.address}{PATH}")).json()["role"] == "STAFF"


async def test_pages_of_other_origins_get_no_token(demo: House) -> None:
    """Whatever their browser says of them."""
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://there"}):
        answer = await demo.http.get(f"{demo.address}{PATH}", headers=headers)
        assert (answer.status_code, "token" in answer.json()) == (403, False)
    own = {"Sec-Fetch-Site": "same-origin", "Origin": demo.address}
    assert (await demo.http.get(f"{demo.address}{PATH}", headers=own)).status_code == 200


async def test_a_name_that_was_made_to_lead_here_gets_no_token(demo: House) -> None:
    """Its page is of the same origin then; only names that nobody else can own are answered."""
    for host in ("evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example", "[", ""):
        headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
        answer = await demo.http.get(f"{demo.address}{PATH}", headers=headers)
        assert answer.status_code in {400, 421}
        assert not answer.text.startswith('{"token"')
    for host in ("localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST", "app.example"):
        assert (await demo.http.get(f"{demo.address}{PATH}", headers={"Host": host})).status_code == 200


async def test_a_practice_that_is_not_the_demos_gives_no_token(house: House) -> None:
    """Demo mode on its database is a mistake that must not open it."""
    answer = await house.http.get(f"{house.address}{PATH}", params={"role": "ADMIN"})
    assert (answer.status_code, answer.json()) == (
        404,
        {"message": "This database holds no demo practice, and nobody gets a token of another."},
    )


async def test_what_cannot_be_handed_out_is_told(demo: House) -> None:
    """A role that there is not, and one that nobody has any more: whoever is not active does not come in."""
    unknown = await demo.http.get(f"{demo.address}{PATH}", params={"role": "OWNER"})
    assert (unknown.status_code, unknown.json()) == (
        400,
        {"message": "`role` is one of ADMIN, STAFF, READ_ONLY, INTEGRATION."},
    )
    await StaffMember.filter(role=Role.READ_ONLY).update(active=False)
    nobody = await demo.http.get(f"{demo.address}{PATH}", params={"role": "READ_ONLY"})
    assert (nobody.status_code, nobody.json()) == (
        404,
        {"message": "Nobody in the demo practice has the role READ_ONLY."},
    )
    assert (await demo.http.post(f"{demo.address}{PATH}")).status_code == 405


async def test_outside_of_demo_mode_there_are_no_tokens(database_url: str, clock: StillClock) -> None:
    """The address is not there at all."""
    settings = Settings(database_url=database_url, jwt_secret=SecretStr(SECRET), port=0)
    async with serving(settings, clock=clock) as address, httpx.AsyncClient() as http:
        for method in ("GET", "POST"):
            assert (await http.request(method, f"{address}{PATH}")).status_code == 404
