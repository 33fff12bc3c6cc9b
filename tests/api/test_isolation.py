"""Nothing of one practice is ever visible to another: the schema is walked for all that takes an id or a cursor."""

import base64
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from graph.ids import global_id
from models.identifiers import new_id
from tests.api.conftest import House, settle_in
from tests.api.desk import on_record
from tests.api.furnished import answer_to, codes_in, furnish
from tests.api.walking import (
    TYPES,
    Listing,
    Place,
    connections,
    id_places,
    ids_below_the_root,
    listings,
    operations,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET_WORD = "Elsewhere"
REFUSALS = {"NOT_FOUND", "INVALID"}
"""What is told of another practice's id; of a list of ids with one that is not there, that it is not acceptable."""


@pytest.fixture(scope="module")
def module_settings() -> dict[str, Any]:
    """Let the walk ask for all that there is, deeper than any screen shows it."""
    return {"query_cost": 1_000_000}


@pytest.fixture
def unknown(office: House) -> Callable[[str], str]:
    """Return ids of each type that nothing has."""
    key: UUID = new_id(now=office.clock.now())
    return lambda type_name: str(global_id(type_name, key))


async def neighbour_of(office: House) -> House:
    """Return another practice on the same server."""
    practice, people = await settle_in(office.clock, name=SECRET_WORD)
    return House(office.address, practice, people, office.clock, office.http)


async def traces_of(house: House) -> set[str]:
    """Return all words by which something of the practice could be known: its name, and every key and id it has."""
    record = await on_record(house.practice.id)
    keys = [(name, row["id"]) for name, rows in record.items() for row in rows]
    return {SECRET_WORD.lower(), *(str(key) for _, key in keys), *(global_id(name, key).lower() for name, key in keys)}


def assert_says_nothing(answer: object, traces: set[str]) -> None:
    """Expect nothing of the neighbours in the answer."""
    text = json.dumps(answer).lower()
    assert [trace for trace in traces if trace in text] == []


@pytest.mark.parametrize("place", list(id_places()), ids=str)
async def test_ids_of_another_practice_are_not_found(
    office: House, unknown: Callable[[str], str], place: Place
) -> None:
    """Whatever their type, the answer is that to an id which nothing has, word for word, and nothing changes."""
    own, theirs = await furnish(office, "Here"), await furnish(neighbour := await neighbour_of(office), SECRET_WORD)
    before, traces = await on_record(office.practice.id, neighbour.practice.id), await traces_of(neighbour)
    told = set()
    for type_name in TYPES:
        foreign = await answer_to(office, place, place.variables(node_id=theirs[type_name], own=own.__getitem__))
        missing = await answer_to(office, place, place.variables(node_id=unknown(type_name), own=own.__getitem__))
        assert_says_nothing(foreign, traces)
        assert foreign == missing
        if place.operation == "mutation":
            told.add(refusal(foreign, place))
    assert told <= {"INVALID_ID", *REFUSALS}
    assert len(told & REFUSALS) == (place.operation == "mutation")
    assert await on_record(office.practice.id, neighbour.practice.id) == before


@pytest.mark.parametrize("place", [place for place in id_places() if place.operation != "mutation"], ids=str)
async def test_the_walk_asks_questions_that_have_answers(office: House, place: Place) -> None:
    """With the practice's own ids the same documents are answered: the walk does not pass by asking nonsense."""
    own, found = await furnish(office, "Here"), []
    for type_name in TYPES:
        answer = await answer_to(office, place, place.variables(node_id=own[type_name], own=own.__getitem__))
        if codes_in(answer) != ["INVALID_ID"]:
            assert is_found(answer, place), answer
            found.append(type_name)
    assert len(found) >= (len(TYPES) if place.is_for_anything else 1)


@pytest.mark.parametrize("query", connections())
async def test_lists_hold_the_practice_alone(office: House, query: str) -> None:
    """However deep one looks, nothing of the neighbours is there; what is one's own is."""
    await furnish(office, "Here")
    await furnish(neighbour := await neighbour_of(office), SECRET_WORD)
    answer = await office.api().data(query)
    assert_says_nothing(answer, await traces_of(neighbour))
    assert len(json.dumps(answer)) > 100


@pytest.mark.parametrize("listing", listings(), ids=str)
async def test_a_cursor_of_another_practice_is_a_place_and_nothing_more(office: House, listing: Listing) -> None:
    """The page after it is one's own, and that after a cursor of which nothing is at that very place."""
    own, theirs = await furnish(office, "Here"), await furnish(neighbour := await neighbour_of(office), SECRET_WORD)
    traces = await traces_of(neighbour)
    cursors = cursors_in(await neighbour.api().data(listing.document(), **owner_of(listing, theirs)))
    assert cursors, "a list of which there is nothing shows nothing"
    for cursor in cursors:
        foreign = await office.api().data(listing.document(), **owner_of(listing, own), after=cursor)
        vacant = await office.api().data(listing.document(), **owner_of(listing, own), after=beside(cursor))
        assert_says_nothing(foreign, traces)
        assert foreign == vacant


@pytest.mark.parametrize("asked", operations("subscription"), ids=str)
async def test_what_happens_next_door_is_not_shown(office: House, asked: Place) -> None:
    """Who watches is shown the next change of the practice's own, and nothing of another's."""
    own, theirs = await furnish(office, "Here"), await furnish(neighbour := await neighbour_of(office), SECRET_WORD)
    async with office.api().socket() as socket:
        watched = await socket.subscribe(asked.document(), **asked.variables(own=own.__getitem__))
        first = await socket.next(watched)
        await neighbour.desk.task(theirs["StaffMember"], theirs["Client"])
        assert await socket.is_quiet()
        await office.desk.task(own["StaffMember"], own["Client"])
        second = await socket.next(watched)
    assert first != second
    assert_says_nothing([first, second], await traces_of(neighbour))


async def test_a_search_does_not_look_next_door(office: House) -> None:
    """Neither by name nor by external id; and the same external id may be used in both."""
    await furnish(await neighbour_of(office), SECRET_WORD)
    for search in (SECRET_WORD, f"{SECRET_WORD}-1"):
        data = await office.api().data("query ($s: String) { clients(search: $s) { nodes { id } } }", s=search)
        assert data == {"clients": {"nodes": []}}
    await office.desk.client("Mara Keller", externalId=f"{SECRET_WORD}-1")


def refusal(answer: dict[str, Any], place: Place) -> str:
    """Return the code with which a mutation found the id at fault, and it alone."""
    (told,) = answer["data"][place.field]["errors"]
    assert told["path"] == list(place.path[1:]), answer
    return str(told["code"])


def is_found(answer: dict[str, Any], place: Place) -> bool:
    """Tell whether a query or subscription found the thing of that id, or something of it."""
    found = answer["data" if "data" in answer else "payload"]
    found = found.get("data", found)[place.field]
    if isinstance(found, list):
        return all(found)
    return bool(found.get("nodes", found))


def owner_of(listing: Listing, things: dict[str, str]) -> dict[str, object]:
    """Return the variable that names whose list it is; the root's needs none."""
    return {} if listing.kind is None else {"id": things[listing.kind]}


def cursors_in(answer: object) -> list[str]:
    """Return the cursors in the outermost list of an answer."""
    while isinstance(answer, dict) and "edges" not in answer:
        (answer,) = (inner for inner in answer.values() if isinstance(inner, dict))
    assert isinstance(answer, dict)
    return [edge["cursor"] for edge in answer["edges"]]


def beside(cursor: str) -> str:
    """Return the cursor of the place right beside, at which nothing is."""
    order, key, row_id = json.loads(base64.urlsafe_b64decode(cursor))
    return base64.urlsafe_b64encode(json.dumps([order, key, str(UUID(int=UUID(row_id).int ^ 1))]).encode()).decode()


async def test_ids_and_lists_are_where_the_walk_finds_them() -> None:
    """A field further in that takes an id, or a list of what has no id, would need a walk of its own."""
    assert ids_below_the_root() == []
    assert {listing.kind for listing in listings()} <= {None, *TYPES}
