"""Trusted documents: asked for by hash on all transports, and nothing else where that is set."""

import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
import pytest

from models.database import connected
from tests.api.conftest import House, running, settle_in
from tests.api.streaming import EventStream, Multipart
from tests.conftest import StillClock

ROLE: Final = "query Role { viewer { role } }"
WATCH: Final = "subscription Watch { taskInbox { openCount } }"
OF_PAGE: Final = "query Here { practice { name } }"
DATA: Final = {"viewer": {"role": "ADMIN"}}
EVENT: Final = {"taskInbox": {"openCount": 0}}
HERE: Final = {"practice": {"name": "Harbour"}}
REFUSED: Final = {"code": "DOCUMENT_NOT_TRUSTED"}


def sha(text: str, kind: str = "sha1") -> str:
    """Return the hash of a text."""
    return hashlib.new(kind, text.encode()).hexdigest()


def ways(text: str) -> list[dict[str, Any]]:
    """Return what clients send for a trusted document."""
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": sha(text, "sha256")}}
    return [{"documentId": sha(text)}, {"extensions": persisted}, {"extensions": persisted, "query": ""}]


@pytest.fixture
async def house(database_url: str, clock: StillClock, tmp_path: Path, only: bool) -> AsyncIterator[House]:
    """Serve a practice that trusts two documents, with pages that ask for another one."""
    path = tmp_path / "persisted-documents.json"
    path.write_bytes(orjson.dumps({sha(text): text for text in (ROLE, WATCH)}))
    async with connected(database_url):
        practice, people = await settle_in(clock)
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "persisted-documents.json").write_bytes(orjson.dumps({sha(OF_PAGE, "sha256"): OF_PAGE}))
    more: dict[str, Any] = {"trusted_documents": path, "only_trusted_documents": only, "static": tmp_path / "static"}
    async with running(database_url, clock, practice, people, **more) as served:
        yield served


async def posted(house: House, asked: dict[str, Any], **headers: str) -> httpx.Response:
    """Return the response to a request by the administrator."""
    sent = {"Authorization": f"Bearer {house.api().token}", **headers}
    return await house.http.post(f"{house.address}/graphql", json=asked, headers=sent)


@pytest.mark.parametrize("only", [False, True])
async def test_a_trusted_document_is_asked_for_by_its_hash(house: House, only: bool) -> None:
    """By POST and GET, over a socket, as an event stream and in parts."""
    for asked in ways(ROLE):
        assert (await posted(house, asked)).json() == {"data": DATA}
        params = {key: value if isinstance(value, str) else json.dumps(value) for key, value in asked.items()}
        headers = {"Authorization": f"Bearer {house.api().token}"}
        response = await house.http.get(f"{house.address}/graphql", params=params, headers=headers)
        assert response.json() == {"data": DATA}
    async with house.api().socket() as socket:
        for number, (asked, data) in enumerate(
            [(each, DATA) for each in ways(ROLE)] + [(each, EVENT) for each in ways(WATCH)]
        ):
            await socket.send({"id": str(number), "type": "subscribe", "payload": asked})
            assert await socket.next(str(number)) == data
            if data == DATA:
                assert await socket.receive() == {"id": str(number), "type": "complete"}
    for kind in (EventStream, Multipart):
        for asked in ways(WATCH):
            headers = {"Authorization": f"Bearer {house.api().token}", "Accept": kind.accept}
            async with house.http.stream("POST", f"{house.address}/graphql", json=asked, headers=headers) as response:
                assert await kind(response).next() == {"data": EVENT}


@pytest.mark.parametrize("only", [False, True])
async def test_what_the_pages_ask_for_is_trusted(house: House, only: bool) -> None:
    """By the manifest that was built with them, over HTTP and a socket; no text of theirs is needed."""
    asked = ways(OF_PAGE)[1]
    assert (await posted(house, asked)).json() == {"data": HERE}
    async with house.api().socket() as socket:
        await socket.send({"id": "1", "type": "subscribe", "payload": {"query": "", **asked}})
        assert await socket.next("1") == HERE


@pytest.mark.parametrize("only", [False, True])
async def test_a_page_of_another_version_is_answered_by_text(house: House, only: bool) -> None:
    """It says what it could not ask for by hash; unless only hashes are answered."""
    text = "query Older { viewer { role } }"
    asked = {"query": text, "extensions": {"persistedQuery": {"sha256Hash": sha(text, "sha256"), "miss": True}}}
    response = await posted(house, asked)
    if only:
        assert (response.status_code, response.json()["errors"][0]["extensions"]) == (403, REFUSED)
    else:
        assert response.json() == {"data": DATA}


@pytest.mark.parametrize(("only", "says"), [(False, False), (True, True)])
async def test_the_explorer_says_that_it_cannot_be_used(house: House, only: bool, says: bool) -> None:
    """Where what is written in it would be refused."""
    page = await house.http.get(f"{house.address}/graphql", headers={"Accept": "text/html"})
    assert ("GraphiQL cannot be used here" in page.text) is says


@pytest.mark.parametrize("only", [False])
async def test_a_text_is_answered_beside_them(house: House, only: bool) -> None:
    """Unless a setting says otherwise."""
    assert await house.api().data("{ viewer { role } }") == DATA


@pytest.mark.parametrize("only", [True])
async def test_nothing_else_is_answered_where_that_is_set(house: House, only: bool) -> None:
    """Not even the text of a trusted document, on any transport; nor is anything changed."""
    change = 'mutation { createClient(input: { name: "Noah Meier" }) { client { id } } }'
    for text in ("{ viewer { role } }", ROLE, WATCH, change, "{"):
        for accept in ("application/json", EventStream.accept, Multipart.accept):
            response = await posted(house, {"query": text}, Accept=accept)
            assert response.status_code == 403
            assert [each["extensions"] for each in response.json()["errors"]] == [REFUSED]
    async with house.api().socket() as socket:
        for text in ("{ viewer { role } }", ROLE, WATCH):
            operation = await socket.subscribe(text)
            message = await socket.receive()
            assert (message["type"], message["id"]) == ("error", operation)
            assert [each["extensions"] for each in message["payload"]] == [REFUSED]
        await socket.send({"id": "last", "type": "subscribe", "payload": ways(ROLE)[0]})
        assert await socket.next("last") == DATA


@pytest.mark.parametrize("only", [False, True])
async def test_an_unknown_hash_is_told_as_clients_expect(house: House, only: bool) -> None:
    """They send the text then."""
    problem = {"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}
    for asked in ways("{ practice { id } }"):
        response = await posted(house, asked)
        assert (response.status_code, response.json()) == (400, {"errors": [problem]})
    async with house.api().socket() as socket:
        await socket.send({"id": "1", "type": "subscribe", "payload": ways("{ practice { id } }")[0]})
        assert await socket.receive() == {"id": "1", "type": "error", "payload": [problem]}
