"""Paging: every list is walked without skipping or repeating a row, whatever is written meanwhile."""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import pytest
import pytest_asyncio

from models.terms import Role
from tests.api.conftest import House, settle_in

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE: Final = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor } nodes { %s }"
ORDERS: Final = tuple(f"trackers orderBy: {order}" for order in ("END_DATE", "CLIENT_NAME", "CREATED_AT"))
LISTS: Final = (
    "clients",
    "appointments",
    "trackers",
    "tasks",
    "staff",
    *ORDERS,
    "client.appointments",
    "tracker.periods",
    "auditLog",
    "tracker.history",
)
ALIKE: Final = ({"appointments", "client.appointments"}, {"auditLog", "tracker.history"})


async def furnish(office: House) -> dict[str, str]:
    """Set up at least five of everything, many of them equal in what they are ordered by."""
    client = await office.desk.client()
    for number in range(5):
        other = await office.desk.client("Mara Keller" if number % 2 else f"Client {number}")
        await office.desk.task(office.id_of(Role.STAFF), other)
        await office.desk.session(client, hour=9 + number // 2)
    tracker = await office.desk.tracker(client, begin="2025-11-01", endDate="2025-11-30", autoReset=True)
    return {"client": client, "tracker": tracker}


@dataclass(frozen=True)
class Stock:
    """A furnished practice that nothing is written into."""

    office: House
    things: dict[str, str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stock(module_server: House) -> Stock:
    """Furnish a practice for all tests of the module that only read."""
    practice, people = await settle_in(module_server.clock, name="Stock")
    office = replace(module_server, practice=practice, people=people)
    return Stock(office, await furnish(office))


async def read(office: House, name: str, things: dict[str, str], first: int, after: str | None) -> dict[str, Any]:
    """Return the whole answer to a page of a list."""
    leaf = {"staff": "email", "tracker.periods": "number"}.get(name, "id")
    arguments = "first: $first, after: $after"
    if "." in name:
        kind, field = name.split(".")
        query = f"node(id: $id) {{ ... on {kind.title()} {{ {field}({arguments}) {{ {PAGE % leaf} }} }} }}"
        head, given = "query ($first: Int!, $after: String, $id: ID!)", {"id": things[kind]}
    else:
        field, _, extra = name.partition(" ")
        query, given = f"{field}({extra} {arguments}) {{ {PAGE % leaf} }}", {}
        head = "query ($first: Int!, $after: String)"
    return await office.api().post(f"{head} {{ {query} }}", first=first, after=after, **given)


async def page_of(office: House, name: str, things: dict[str, str], first: int, after: str | None) -> dict[str, Any]:
    """Return a page of a list."""
    answer = await read(office, name, things, first, after)
    assert "errors" not in answer, answer["errors"]
    data = answer["data"].get("node", answer["data"])
    page: dict[str, Any] = data[name.rsplit(".", maxsplit=1)[-1].split(maxsplit=1)[0]]
    return page


async def walk(
    office: House, name: str, things: dict[str, str], first: int, between: Callable[[], Awaitable[object]]
) -> list[object]:
    """Return all of a list, page by page, doing something in between."""
    seen: list[object] = []
    after = None
    while True:
        page = await page_of(office, name, things, first, after)
        info, nodes = page["pageInfo"], page["nodes"]
        assert 1 <= len(nodes) <= first
        assert (info["startCursor"], info["endCursor"]) == (page["edges"][0]["cursor"], page["edges"][-1]["cursor"])
        assert info["hasPreviousPage"] is False
        seen += [next(iter(node.values())) for node in nodes]
        if not info["hasNextPage"]:
            return seen
        after = info["endCursor"]
        await between()


async def nothing() -> None:
    """Do nothing."""


@pytest.mark.parametrize("name", LISTS)
async def test_small_pages_hold_what_a_large_one_does(stock: Stock, name: str) -> None:
    """In the same order, whatever the size; equal sort keys are no trouble."""
    office, things = stock.office, stock.things
    whole = await walk(office, name, things, 100, nothing)
    assert len(whole) >= 4
    assert len(set(map(str, whole))) == len(whole)
    for first in (1, 2, len(whole) - 1, len(whole)):
        assert await walk(office, name, things, first, nothing) == whole


@pytest.mark.parametrize("name", LISTS)
async def test_writing_meanwhile_moves_no_page(office: House, name: str) -> None:
    """Rows set before and after the page that is being read: all that were there are seen, once and in order."""
    things, added = await furnish(office), 0
    whole = await walk(office, name, things, 100, nothing)

    async def write() -> None:
        nonlocal added
        added += 1
        if added > 2:
            return
        for kind in ("AAA", "zzz"):
            client = await office.desk.client(f"{kind} {added}")
            await office.desk.task(office.id_of(Role.STAFF), client)
            await office.api().done(
                "createStaffMember", "staffMember { id }", name=kind, email=f"{kind}{added}@x.example", role="STAFF"
            )
        await office.desk.tracker(client, 99, endDate="2026-03-04")
        for hour in (8, 20):
            await office.desk.session(things["client"], hour=hour)

    walked = await walk(office, name, things, 2, write)
    assert [item for item in walked if item in whole] == whole
    assert len(set(map(str, walked))) == len(walked)
    assert added > 0


@pytest.mark.parametrize("first", [0, -1, 101, 2_147_483_647])
async def test_a_page_holds_1_to_100(stock: Stock, first: int) -> None:
    """Any other size is a coded error, in every list."""
    office, things = stock.office, stock.things
    for name in LISTS:
        (error,) = (await read(office, name, things, first, None))["errors"]
        assert error["extensions"] == {"code": "INVALID_PAGE_SIZE", "input": ["first"]}


async def test_a_cursor_belongs_to_its_list_and_order(stock: Stock) -> None:
    """That of another list or order is a coded error, as is one that is none."""
    office, things = stock.office, stock.things
    cursors = {name: (await page_of(office, name, things, 1, None))["pageInfo"]["endCursor"] for name in LISTS}
    wrong = ("", "x", "é", "====", "bnVsbA==", base64.urlsafe_b64encode(b"[1,2]").decode())
    for name in LISTS:
        others = [cursor for other, cursor in cursors.items() if {name, other} not in ({name}, *ALIKE)]
        for cursor in (*others, *wrong):
            (error,) = (await read(office, name, things, 1, cursor))["errors"]
            assert error["extensions"] == {"code": "INVALID_CURSOR", "input": ["after"]}, (name, cursor)


@pytest.mark.parametrize("name", LISTS)
async def test_a_forged_cursor_is_no_fault_of_ours(stock: Stock, name: str) -> None:
    """Whatever somebody writes into it: a page, or a coded error."""
    office, things = stock.office, stock.things
    cursor = (await page_of(office, name, things, 1, None))["pageInfo"]["endCursor"]
    order, _, row_id = json.loads(base64.urlsafe_b64decode(cursor))
    moments = ("2026-03-04T10:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-04")
    keys: tuple[object, ...] = (
        *moments,
        "a\0b",
        "",
        2**31,
        2**63,
        -(2**63),
        1.5,
        1e308,
        "9" * 5000,
        True,
        None,
        [],
        {},
    )
    deep = f'["{order}", {"[" * 1000}{"]" * 1000}, "{row_id}"]'
    for key in (*(json.dumps([order, key, row_id]) for key in keys), deep):
        forged = base64.urlsafe_b64encode(key.encode()).decode()
        answer = await read(office, name, things, 1, forged)
        codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
        assert codes in ([], ["INVALID_CURSOR"]), (key, answer)


async def test_an_empty_list_has_an_empty_page(office: House) -> None:
    """With no cursors, and nothing after it."""
    page = await page_of(office, "clients", {}, 20, None)
    info = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert page == {"pageInfo": info, "edges": [], "nodes": []}


async def test_a_deleted_row_does_not_lose_the_place(office: House) -> None:
    """The page after a cursor is found although the cursor's own row is gone."""
    client = await office.desk.client()
    sessions = [await office.desk.session(client, hour=hour) for hour in (9, 10, 11)]
    after = (await page_of(office, "appointments", {}, 1, None))["pageInfo"]["endCursor"]
    await office.api().done("deleteAppointment", "deletedId", appointmentId=sessions[0])
    page = await page_of(office, "appointments", {}, 1, after)
    assert page["nodes"] == [{"id": sessions[1]}]


async def test_tasks_of_one_moment_are_paged(office: House) -> None:
    """Tasks raised by one midnight have one creation moment; none is skipped."""
    client = await office.desk.client()
    rule = {"assigneeId": office.id_of(Role.STAFF), "trigger": "END_DATE"}
    for _ in range(5):
        await office.desk.tracker(client, endDate="2026-03-04", taskRule=rule)
    office.clock.moment += timedelta(days=1)
    assert len(await walk(office, "tasks", {}, 2, nothing)) == 5
