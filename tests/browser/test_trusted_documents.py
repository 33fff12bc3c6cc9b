"""The page where only trusted documents are answered, and where the server has another version of them."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Request, Route, WebSocket, WebSocketRoute, expect

from tests.browser.conftest import Arrives
from tests.browser.visitor import Visitor
from tests.cli.tool import Tool

ONLY = {"ONLY_TRUSTED_DOCUMENTS": "true"}
FIVE = "5 of 5 used, 0 left"


@pytest.fixture
def tool(tmp_path: Path, settings: dict[str, str]) -> Tool:
    """Return the command line, with a database of its own and these settings."""
    return Tool(tmp_path, **settings)


def note(page: Page) -> list[dict[str, Any]]:
    """Return what grows with each operation that the page sends."""
    asked: list[dict[str, Any]] = []

    def open_(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: asked.extend(subscribed(frame)))

    def post(request: Request) -> None:
        if sent := request.post_data_json:
            asked.append(sent)

    page.on("websocket", open_)
    page.on("request", post)
    return asked


def subscribed(frame: str | bytes) -> list[dict[str, Any]]:
    """Return the operation that a message to the server begins."""
    message = json.loads(frame)
    return [message["payload"]] if message["type"] == "subscribe" else []


def complete(page: Page, *others: Page) -> None:
    """Complete the appointment in one window, and find it so in all."""
    page.get_by_role("button", name="Complete", exact=True).click()
    for each in (page, *others):
        expect(each.get_by_role("dialog").get_by_text(FIVE)).to_be_visible()


@pytest.mark.parametrize("settings", [ONLY])
def test_the_page_works_by_hashes_alone(arrives: Arrives, address: str) -> None:
    """Requests, changes and what is watched; the server refuses every text."""
    desk, clinician = arrives(), arrives()
    asked = [*map(note, (desk.page, clinician.page))]
    here, there = desk.opens("Mara Keller"), clinician.opens("Mara Keller")
    complete(there, here)
    for each in asked:
        assert [one for one in each if one.get("query") or not one["extensions"]["persistedQuery"]["sha256Hash"]] == []
    assert {len(each) > 3 for each in asked} == {True}
    assert httpx.post(f"{address}/graphql", json={"query": "{ viewer { role } }"}).status_code == 403


@pytest.mark.parametrize("settings", [{}])
def test_a_page_of_another_version_than_the_server_sends_texts(visitor: Visitor) -> None:
    """The server knows none of its hashes."""
    of_another_version(visitor)
    asked = note(visitor.page)
    complete(visitor.opens("Mara Keller"))
    texts = {one["query"].partition("(")[0] for one in asked if one.get("query")}
    assert {"subscription WatchBanner", "mutation Complete"} <= texts


@pytest.mark.parametrize("settings", [ONLY])
def test_a_page_of_another_version_says_so_where_texts_are_refused(visitor: Visitor) -> None:
    """It can be loaded again."""
    of_another_version(visitor)
    page = visitor.goes_to()
    expect(page.get_by_text("The server has another version of this page: load it again.")).to_be_visible()


def of_another_version(visitor: Visitor) -> None:
    """Have the page ask by hashes that the server does not know."""
    visitor.expects = "Failed to load resource"

    def ask(route: Route) -> None:
        route.continue_(post_data=other(route.request.post_data or ""))

    def watch(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda message: server.send(other(str(message))))

    visitor.page.route("**/graphql", ask)
    visitor.page.route_web_socket("**/graphql", watch)


def other(sent: str) -> str:
    """Return what is sent with another hash."""
    return sent.replace('"sha256Hash":"', '"sha256Hash":"0')
