"""Browsers get pages where clients of the API get answers; the demo hands out tokens."""

import pytest

from models.terms import Role
from tests.api.conftest import House
from tests.api.served import Api

pytestmark = pytest.mark.asyncio(loop_scope="module")

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/", "/graphql"])
async def test_a_browser_gets_a_page(office: House, path: str) -> None:
    """Built, or in its place what is missing."""
    answer = await office.http.get(f"{office.address}{path}", headers=BROWSER)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.status_code in {200, 503}
    assert answer.headers["vary"] == "Accept"


async def test_a_client_of_the_api_gets_answers(office: House) -> None:
    """Also by GET, one that takes HTML too, and whoever says what they ask."""
    index = await office.http.get(f"{office.address}/")
    assert (index.headers["content-type"], "POST /graphql" in index.text) == ("text/plain; charset=utf-8", True)
    headers = {"Authorization": f"Bearer {office.api().token}", "Accept": "application/json, text/html"}
    url = f"{office.address}/graphql"
    for accept in (headers["Accept"], BROWSER["Accept"]):
        given = {**headers, "Accept": accept}
        asked = await office.http.get(url, params={"query": "{ viewer { role } }"}, headers=given)
        assert asked.json() == {"data": {"viewer": {"role": "ADMIN"}}}
    posted = await office.http.post(url, json={"query": "{ viewer { role } }"}, headers={**headers, **BROWSER})
    assert posted.headers["content-type"] != "text/html; charset=utf-8"


@pytest.mark.parametrize("role", list(Role))
async def test_the_demo_hands_out_a_token_for_each_role(office: House, role: Role) -> None:
    """Of the oldest practice, where the demo is played."""
    answer = await office.http.get(f"{office.address}/demo/token", params={"role": role})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    told = answer.json()
    assert (told["role"], told["name"]) == (role, role.value.title())
    data = await Api(office.address, told["token"], office.http).data("{ viewer { role practice { name } } }")
    assert data == {"viewer": {"role": role, "practice": {"name": "Neighbour"}}}


async def test_who_asks_for_no_role_is_staff(office: House) -> None:
    """The front desk."""
    assert (await office.http.get(f"{office.address}/demo/token")).json()["role"] == "STAFF"


async def test_pages_of_other_origins_get_no_token(office: House) -> None:
    """Whatever their browser says of them."""
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://there"}):
        answer = await office.http.get(f"{office.address}/demo/token", headers=headers)
        assert (answer.status_code, "token" in answer.json()) == (403, False)
    own = {"Sec-Fetch-Site": "same-origin", "Origin": office.address}
    assert (await office.http.get(f"{office.address}/demo/token", headers=own)).status_code == 200


async def test_what_cannot_be_handed_out_is_told(office: House) -> None:
    """A role that there is not, and one that nobody has."""
    unknown = await office.http.get(f"{office.address}/demo/token", params={"role": "OWNER"})
    assert (unknown.status_code, unknown.json()) == (
        400,
        {"message": "`role` is one of ADMIN, STAFF, READ_ONLY, INTEGRATION."},
    )
    assert (await office.http.post(f"{office.address}/demo/token")).status_code == 405
