"""Browsers get pages where clients of the API get answers."""

import pytest

from tests.api.conftest import House

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
