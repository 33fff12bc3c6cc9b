"""Creating and changing clients."""

import pytest

from graph.ids import global_id
from models.clients import Client
from models.identifiers import new_id
from tests.api.conftest import House
from tests.api.desk import history_of
from tests.api.refusals import refused, unchanged

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIELDS = "client { id name externalId revision trackers { id } tasks { id } }"


async def test_a_client_is_created(office: House) -> None:
    """Names and external ids are kept without surrounding white space."""
    payload = await office.api().done("createClient", FIELDS, name="  Mara Keller ", externalId=" K-1 ")
    row = await Client.get(practice_id=office.practice.id)
    assert payload["client"] == {
        "id": global_id("Client", row.id),
        "name": "Mara Keller",
        "externalId": "K-1",
        "revision": 0,
        "trackers": [],
        "tasks": [],
    }
    assert await history_of(office.practice.id) == ["client.created"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "a\0b", "a\x07b"])
async def test_a_bad_name_is_refused(office: House, name: str) -> None:
    """Empty, over-long, or with characters that a database or a screen cannot take."""
    await refused(office, "createClient", ("INVALID", "name"), name=name)
    client = await office.desk.client()
    await refused(office, "updateClient", ("INVALID", "name"), clientId=client, name=name)


async def test_a_name_of_200_characters_fits(office: House) -> None:
    """The longest name is taken whole, line breaks and letters of every script included."""
    name = "Ж" * 198 + "\n😀"
    payload = await office.api().done("createClient", FIELDS, name=name)
    assert payload["client"]["name"] == name


async def test_all_problems_of_a_client_are_told_at_once(office: House) -> None:
    """A form can mark every field at fault."""
    problems = (("INVALID", "name"), ("INVALID", "externalId"))
    await refused(office, "createClient", *problems, name=" ", externalId="x" * 201)
    client = await office.desk.client()
    await refused(office, "updateClient", *problems, clientId=client, name=None, externalId="a\0")


async def test_an_external_id_belongs_to_one_client(office: House) -> None:
    """The second is refused, on creation and on change; one's own is no conflict."""
    await office.desk.client(externalId="K-1")
    other = await office.desk.client("Noah Meier", externalId="K-2")
    await refused(office, "createClient", ("EXTERNAL_ID_TAKEN", "externalId"), name="Noah Meier", externalId="K-1")
    await refused(office, "updateClient", ("EXTERNAL_ID_TAKEN", "externalId"), clientId=other, externalId=" K-1 ")
    await unchanged(office, "updateClient", clientId=other, externalId="K-2")


async def test_an_update_changes_what_it_names(office: House) -> None:
    """What is absent stays, null clears, and each change grows the revision by one."""
    client = await office.desk.client(externalId="K-1")
    renamed = await office.api().done("updateClient", FIELDS, clientId=client, name="Mara Huber")
    assert (renamed["client"]["name"], renamed["client"]["externalId"]) == ("Mara Huber", "K-1")
    assert renamed["client"]["revision"] == 1
    cleared = await office.api().done("updateClient", FIELDS, clientId=client, externalId=None)
    assert (cleared["client"]["name"], cleared["client"]["externalId"]) == ("Mara Huber", None)
    assert cleared["client"]["revision"] == 2
    assert await history_of(office.practice.id) == ["client.created", "client.updated", "client.updated"]


async def test_a_change_to_the_same_changes_nothing(office: House) -> None:
    """A repeated or empty update grows no revision and writes no history."""
    client = await office.desk.client(externalId="K-1")
    await unchanged(office, "updateClient", clientId=client, name=" Mara Keller ", externalId="K-1")
    await unchanged(office, "updateClient", clientId=client)


async def test_a_client_that_is_not_there_cannot_be_changed(office: House) -> None:
    """An unknown id is not found; an id of another type, or no id, is invalid."""
    unknown = global_id("Client", new_id(now=office.clock.now()))
    await refused(office, "updateClient", ("NOT_FOUND", "clientId"), clientId=unknown, name="Nobody")
    for wrong in (office.id_of(next(iter(office.people))), "x", "", "Q2xpZW50OjE", "\0"):
        await refused(office, "updateClient", ("INVALID_ID", "clientId"), clientId=wrong, name="Nobody")
