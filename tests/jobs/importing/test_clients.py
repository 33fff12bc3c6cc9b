"""Importing clients: created, renamed, left as they are."""

import pytest

from models.clients import Client
from models.history import HistoryEntry
from models.outbox import OutboxHint
from models.terms import ChangeReason
from tests.conftest import StillClock
from tests.jobs.importing.cases import Desk, everything, open_desk


@pytest.fixture
async def desk(database: str, clock: StillClock) -> Desk:
    """Open a practice in Zurich."""
    return await open_desk(clock)


async def test_clients_are_created(desk: Desk) -> None:
    """History says where they come from."""
    summary = await desk.clients('\ufeffexternal_id,name\r\nc1,Mara Keller\r\nc2,"Frei, Jonas"\r\n')
    assert (summary.created, summary.updated, summary.unchanged, summary.refused, summary.lines) == (2, 0, 0, 0, 2)
    mara, jonas = await desk.client("c1"), await desk.client("c2")
    assert (mara.name, jonas.name) == ("Mara Keller", "Frei, Jonas")
    assert (mara.revision, mara.created_at) == (0, desk.clock.now())
    noted = await HistoryEntry.get(subject_id=mara.id)
    assert (noted.what, noted.actor, noted.client_id, noted.at) == (
        "client.imported",
        "command line",
        mara.id,
        desk.clock.now(),
    )
    assert (noted.before, noted.after) == (None, {"name": "Mara Keller", "externalId": "c1"})


async def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    """No revision grows, no history, no hint."""
    await desk.clients("external_id,name\nc1,Mara Keller\nc2,Jonas Frei\n")
    before = await everything()
    desk.clock.advance(days=1)
    summary = await desk.clients("external_id,name\nc1,Mara Keller\nc2,Jonas Frei\n")
    assert (summary.unchanged, summary.lines) == (2, 2)
    assert await everything() == before


async def test_another_name_renames_the_client(desk: Desk) -> None:
    """As a person would do it: the revision grows, dialogs hear of it, history tells both names."""
    await desk.clients("external_id,name\nc1,Mara Keller\nc2,Jonas Frei\n")
    summary = await desk.clients("external_id,name\nc1,Mara Frei\nc2,Jonas Frei\nc3,Ida\n")
    assert (summary.created, summary.updated, summary.unchanged) == (1, 1, 1)
    mara = await desk.client("c1")
    assert (mara.name, mara.revision, mara.changed_because) == ("Mara Frei", 1, ChangeReason.CORRECTION)
    assert await OutboxHint.all().values_list("client_id", "revision") == [(mara.id, 1)]
    noted = await HistoryEntry.get(what="client.updated")
    assert (noted.subject_id, noted.before, noted.after) == (
        mara.id,
        {"name": "Mara Keller", "externalId": "c1"},
        {"name": "Mara Frei", "externalId": "c1"},
    )


async def test_an_external_id_is_one_of_its_practice(desk: Desk, clock: StillClock) -> None:
    """Another practice's client of that id is another person."""
    elsewhere = await open_desk(clock)
    await elsewhere.clients("external_id,name\nc1,Somebody Else\n")
    await desk.clients("external_id,name\nc1,Mara Keller\n")
    assert (await elsewhere.client("c1")).name == "Somebody Else"
    assert (await desk.client("c1")).name == "Mara Keller"


async def test_a_refused_line_stops_no_other(desk: Desk) -> None:
    """Refusals come in the order of the file, by the numbers an editor shows."""
    summary = await desk.clients('external_id,name\nc1,"Mara\n\nKeller"\nc2,\nc3,Ida\n\nc1,Jonas\nc2,Jo\n')
    assert desk.refused == [
        (5, "name: This must not be empty."),
        (8, "'c1' is already on line 2 of this file."),
    ]
    assert (summary.created, summary.refused, summary.lines) == (3, 2, 5)
    assert (await desk.client("c2")).name == "Jo"


async def test_an_id_is_repeated_also_many_lines_later(desk: Desk) -> None:
    """The first line of an id is remembered over batches."""
    lines = [f"c{number},Client {number}\n" for number in range(1, 1500)]
    summary = await desk.clients("".join(["external_id,name\n", *lines, "c7,Again\n", "c1499,Again\n"]))
    assert desk.refused == [
        (1501, "'c7' is already on line 8 of this file."),
        (1502, "'c1499' is already on line 1500 of this file."),
    ]
    assert (summary.created, await Client.all().count()) == (1499, 1499)
