"""A client that is watched: trackers, tasks and name, fresh in every event."""

from typing import Any, Final

import pytest

from models.terms import Role
from tests.api.conftest import House
from tests.api.served import Socket

pytestmark = pytest.mark.asyncio(loop_scope="module")

WATCH: Final = """subscription ($id: ID!, $known: Int) {
  clientTrackers(clientId: $id, knownRevision: $known) {
  id name revision
  trackers { slot used state client { name } currentPeriod { used task { status } } }
  tasks { status title assignee { name } }
  appointments { nodes { status banner { revision trackers { used } } } } } }"""


async def next_client(socket: Socket, operation: str) -> dict[str, Any]:
    """Return the client of the next event."""
    client: dict[str, Any] = (await socket.next(operation))["clientTrackers"]
    return client


async def test_every_event_is_fresh_however_deep(office: House) -> None:
    """Nothing of an event is left over from the one before: counts, tasks, names, statuses and banners."""
    client = await office.desk.client()
    appointment = await office.desk.session(client)
    async with office.api().socket() as socket:
        operation = await socket.subscribe(WATCH, id=client)
        first = await next_client(socket, operation)
        assert (first["revision"], first["trackers"], first["tasks"]) == (0, [], [])
        rule = {"assigneeId": office.id_of(Role.STAFF), "trigger": "COUNT_REACHED"}
        await office.desk.tracker(client, 1, taskRule=rule)
        created = await next_client(socket, operation)
        period = {"used": 0, "task": None}
        assert created["trackers"] == [
            {"slot": 1, "used": 0, "state": "ACTIVE", "client": {"name": "Mara Keller"}, "currentPeriod": period}
        ]
        await office.desk.complete(appointment)
        completed = await next_client(socket, operation)
        assert completed["trackers"][0]["used"] == 1
        assert completed["trackers"][0]["currentPeriod"] == {"used": 1, "task": {"status": "OPEN"}}
        assert [(task["status"], task["assignee"]["name"]) for task in completed["tasks"]] == [("OPEN", "Staff")]
        banner = {"revision": completed["revision"], "trackers": [{"used": 1}]}
        assert completed["appointments"]["nodes"] == [{"status": "COMPLETED", "banner": banner}]
        await office.api().done("updateClient", "client { id }", clientId=client, name="Mara Huber")
        renamed = await next_client(socket, operation)
        assert (renamed["name"], renamed["trackers"][0]["client"]["name"]) == ("Mara Huber", "Mara Huber")
        await office.desk.reopen(appointment)
        undone = await next_client(socket, operation)
        assert [task["status"] for task in undone["tasks"]] == ["WITHDRAWN"]
        assert await socket.is_quiet()
    revisions = [event["revision"] for event in (first, created, completed, renamed, undone)]
    assert revisions == [0, 1, 2, 3, 4]


async def test_what_becomes_of_a_task_is_shown(office: House) -> None:
    """Handed over, done, and reopened."""
    client = await office.desk.client()
    task = await office.desk.task(office.id_of(Role.STAFF), client)
    async with office.api().socket() as socket:
        operation = await socket.subscribe(WATCH, id=client)
        await next_client(socket, operation)
        for mutation, given, expected in (
            ("reassignTask", {"assigneeId": office.id_of(Role.ADMIN)}, ("OPEN", "Admin")),
            ("completeTask", {}, ("DONE", "Admin")),
            ("reopenTask", {}, ("OPEN", "Admin")),
        ):
            await office.api().done(mutation, "task { id }", taskId=task, **given)
            (shown,) = (await next_client(socket, operation))["tasks"]
            assert (shown["status"], shown["assignee"]["name"]) == expected


async def test_a_known_revision_spares_the_first_state(office: House) -> None:
    """When it is current; when it is stale the state comes at once."""
    client = await office.desk.client()
    await office.desk.tracker(client)
    current = await office.desk.revision(client)
    async with office.api().socket() as socket:
        stale = await socket.subscribe(WATCH, id=client, known=current - 1)
        assert (await next_client(socket, stale))["revision"] == current
        await socket.send({"id": stale, "type": "complete"})
        fresh = await socket.subscribe(WATCH, id=client, known=current)
        await office.desk.tracker(client)
        assert len((await next_client(socket, fresh))["trackers"]) == 2


async def test_nothing_is_sent_for_what_is_not_seen(office: House) -> None:
    """Repeats and refusals are no change; another client's changes are another's."""
    client, other = await office.desk.client(), await office.desk.client("Noah Meier")
    tracker = await office.desk.tracker(client)
    appointment = await office.desk.session(client, completed=True)
    async with office.api().socket() as socket:
        operation = await socket.subscribe(WATCH, id=client)
        await next_client(socket, operation)
        await office.desk.complete(appointment)
        await office.api().done("updateTracker", "tracker { id }", trackerId=tracker, sessionLimit=3)
        await office.api().do("updateTracker", "tracker { id }", trackerId=tracker, sessionLimit=0)
        await office.desk.tracker(other)
        await office.desk.tracker(client, 7)
        assert [each["slot"] for each in (await next_client(socket, operation))["trackers"]] == [1, 2]
        assert await socket.is_quiet()


async def test_many_dialogs_share_one_socket(office: House) -> None:
    """Each has its own events, and only those; queries and mutations go over the same socket."""
    clients = [await office.desk.client(f"Client {number}") for number in range(12)]
    async with office.api().socket() as socket:
        operations = {}
        for client in clients:
            operation = await socket.subscribe(WATCH, id=client)
            assert (await next_client(socket, operation))["id"] == client
            operations[operation] = client
        query = await socket.subscribe("{ viewer { role } }")
        assert await socket.next(query) == {"viewer": {"role": "ADMIN"}}
        assert await socket.receive() == {"id": query, "type": "complete"}
        for client in reversed(clients):
            await office.desk.tracker(client)
            message = await socket.receive()
            assert (operations[message["id"]], message["type"]) == (client, "next")
        mutation = "mutation ($i: UpdateClientInput!) { updateClient(input: $i) { client { name } errors { code } } }"
        renaming = await socket.subscribe(mutation, i={"clientId": clients[0], "name": "Mara Huber"})
        messages = [await socket.receive() for _ in range(3)]
        answered = [message for message in messages if message["id"] == renaming]
        assert [message["type"] for message in answered] == ["next", "complete"]
        assert answered[0]["payload"]["data"]["updateClient"] == {"client": {"name": "Mara Huber"}, "errors": []}
        (event,) = [message for message in messages if message["id"] != renaming]
        assert operations[event["id"]] == clients[0]
        assert await socket.is_quiet()


async def test_an_operation_that_was_ended_gets_nothing_more(office: House) -> None:
    """Its neighbour on the socket does; its id can be used again."""
    client = await office.desk.client()
    async with office.api().socket() as socket:
        ended = await socket.subscribe(WATCH, id=client)
        await next_client(socket, ended)
        kept = await socket.subscribe(WATCH, id=client)
        await next_client(socket, kept)
        await socket.send({"id": ended, "type": "complete"})
        assert await socket.is_quiet()
        await office.desk.tracker(client)
        await next_client(socket, kept)
        assert await socket.is_quiet()
        payload = {"query": WATCH, "variables": {"id": client}}
        await socket.send({"id": ended, "type": "subscribe", "payload": payload})
        assert len((await next_client(socket, ended))["trackers"]) == 1
