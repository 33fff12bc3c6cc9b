"""Nothing of one practice is ever visible to another: the whole schema is walked for places that take an id."""

import json
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from graph.ids import global_id
from models.identifiers import new_id
from tests.api.conftest import House, settle_in
from tests.api.desk import on_record
from tests.api.walking import TYPES, IdPlace, connections, id_places, ids_below_the_root

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET_WORD = "Elsewhere"


async def furnish(house: House, name: str) -> dict[str, str]:
    """Give the practice one of everything and return the id of each, by its type."""
    person = global_id("StaffMember", next(iter(house.people.values())).id)
    client = await house.desk.client(f"{name} Keller", externalId=f"{name}-1")
    await house.desk.task(person, client)
    query = "query ($id: ID!) { client(id: $id) { trackers { id } tasks { id } appointments { nodes { id } } } }"
    found = (await house.api().data(query, id=client))["client"]
    return {
        "Practice": global_id("Practice", house.practice.id),
        "StaffMember": person,
        "Client": client,
        "Appointment": found["appointments"]["nodes"][0]["id"],
        "Tracker": found["trackers"][0]["id"],
        "Task": found["tasks"][0]["id"],
    }


@pytest.fixture
def unknown(office: House) -> Callable[[str], str]:
    """Return ids of each type that nothing has."""
    key: UUID = new_id(now=office.clock.now())
    return lambda type_name: str(global_id(type_name, key))


async def neighbour_of(office: House) -> House:
    """Return another practice on the same server."""
    practice, people = await settle_in(office.clock, name=SECRET_WORD)
    return House(office.address, practice, people, office.clock, office.http)


async def answer_to(office: House, place: IdPlace, variables: dict[str, object]) -> object:
    """Return what the API answers, or of a subscription its first message."""
    if place.operation != "subscription":
        return await office.api().post(place.document(), **variables)
    async with office.api().socket() as socket:
        await socket.subscribe(place.document(), **variables)
        return await socket.receive()


Asking = Callable[[str], Awaitable[object]]


@pytest.mark.parametrize("place", list(id_places()), ids=str)
async def test_ids_of_another_practice_are_not_found(
    office: House, unknown: Callable[[str], str], place: IdPlace
) -> None:
    """The answer is that to an id which nothing has, word for word, and nothing changes on either side."""
    own, theirs = await furnish(office, "Here"), await furnish(neighbour := await neighbour_of(office), SECRET_WORD)
    before = await on_record(office.practice.id, neighbour.practice.id)
    for type_name in place.types:
        assert type_name in TYPES, f"walking.py does not know of which type the ids of {place} are"
        foreign = await answer_to(office, place, place.variables(theirs[type_name], own=own.__getitem__))
        missing = await answer_to(office, place, place.variables(unknown(type_name), own=own.__getitem__))
        assert_says_nothing(foreign, theirs)
        assert foreign == missing
        if place.operation == "mutation":
            assert is_refused(foreign, place), foreign
    assert await on_record(office.practice.id, neighbour.practice.id) == before


@pytest.mark.parametrize("place", [place for place in id_places() if place.operation != "mutation"], ids=str)
async def test_the_walk_asks_questions_that_have_answers(office: House, place: IdPlace) -> None:
    """With the practice's own ids the same documents are answered: the walk does not pass by asking nonsense."""
    own = await furnish(office, "Here")
    for type_name in place.types:
        answer = await answer_to(office, place, place.variables(own[type_name], own=own.__getitem__))
        assert '"errors"' not in json.dumps(answer)
        assert is_found(answer, place), answer


@pytest.mark.parametrize("query", connections())
async def test_lists_hold_the_practice_alone(office: House, query: str) -> None:
    """However deep one looks, nothing of the neighbours is there; what is one's own is."""
    await furnish(office, "Here")
    theirs = await furnish(await neighbour_of(office), SECRET_WORD)
    answer = await office.api().data(query)
    assert_says_nothing(answer, theirs)
    assert len(json.dumps(answer)) > 100


async def test_a_search_does_not_look_next_door(office: House) -> None:
    """Neither by name nor by external id; and the same external id may be used in both."""
    await furnish(await neighbour_of(office), SECRET_WORD)
    for search in (SECRET_WORD, f"{SECRET_WORD}-1"):
        data = await office.api().data("query ($s: String) { clients(search: $s) { nodes { id } } }", s=search)
        assert data == {"clients": {"nodes": []}}
    await office.desk.client("Mara Keller", externalId=f"{SECRET_WORD}-1")


def assert_says_nothing(answer: object, theirs: dict[str, str]) -> None:
    """Expect none of their ids or names in the answer."""
    text = json.dumps(answer)
    assert SECRET_WORD not in text
    assert [type_name for type_name, node_id in theirs.items() if node_id in text] == []


def is_refused(answer: object, place: IdPlace) -> bool:
    """Tell whether a mutation found the id at fault, and it alone; a list of ids is invalid as a whole."""
    assert isinstance(answer, dict)
    (told,) = answer["data"][place.field]["errors"]
    code = "INVALID" if place.path[-1].endswith("Ids") else "NOT_FOUND"
    return (told["code"], told["path"]) == (code, list(place.path[1:]))


def is_found(answer: object, place: IdPlace) -> bool:
    """Tell whether a query or subscription found the thing of that id, or something of it."""
    assert isinstance(answer, dict)
    found = answer["data" if "data" in answer else "payload"]
    found = found.get("data", found)[place.field]
    if isinstance(found, list):
        return all(found)
    return bool(found.get("nodes", found))


async def test_ids_are_taken_at_the_root_alone() -> None:
    """Where the walk finds them: a field further in that takes an id would need a walk of its own."""
    assert ids_below_the_root() == []
