"""What every client library must be able to do with the served API."""

import signal
from typing import Any, Final

import httpx

from tests.clients.player import Player
from tests.clients.practice import Dialog, Practice

QUERY: Final = "query ($id: ID!) { client(id: $id) { name revision trackers { used sessionLimit remaining } } }"
COMPLETE: Final = """mutation ($id: ID!) {
  completeAppointment(input: {appointmentId: $id}) { appointment { id status } errors { code message path } }
}"""
WATCH: Final = """subscription ($appointmentId: ID!, $knownRevision: Int) {
  appointmentBanner(appointmentId: $appointmentId, knownRevision: $knownRevision) {
    revision reason primary { used remaining sessionNumber }
  }
}"""
ENDED: Final = {"complete": True}
WRONG_ID: Final = {
    "code": "INVALID_ID",
    "message": "This is the id of a Client: pass one of a Appointment.",
    "path": ["appointmentId"],
}


async def asks_and_changes(player: Player, dialog: Dialog) -> None:
    """A query, a mutation, and one that fails: the failure is data."""
    before, after = tracker(used=0), tracker(used=1)
    assert await player.ask(QUERY, id=dialog.client) == seen(dialog.revision, before)
    done = {"appointment": {"id": dialog.appointment, "status": "COMPLETED"}, "errors": []}
    assert await player.ask(COMPLETE, id=dialog.appointment) == {"data": {"completeAppointment": done}}
    assert await player.ask(QUERY, id=dialog.client) == seen(dialog.revision + 1, after)
    refused = await player.ask(COMPLETE, id=dialog.client)
    assert refused == {"data": {"completeAppointment": {"appointment": None, "errors": [WRONG_ID]}}}
    assert await player.rest() == []


async def watches_to_the_end(player: Player, dialog: Dialog) -> None:
    """First the state, then a completion, and the end when the appointment is deleted."""
    player.watch("dialog", WATCH, appointmentId=dialog.appointment)
    assert await player.event("dialog") == shown(dialog.revision, "SNAPSHOT", used=0)
    await dialog.desk.complete(dialog.appointment)
    assert await player.event("dialog") == shown(dialog.revision + 1, "COMPLETION", used=1)
    await dialog.delete()
    assert await player.event("dialog") == ENDED
    assert await player.rest() == []


async def resumes(
    player: Player, practice: Practice, http: httpx.AsyncClient, how: signal.Signals, *, connections: int
) -> None:
    """After a restart comes what changed meanwhile, and nothing where nothing did."""
    desk = practice.desk(http)
    dialogs = {"quiet": await Dialog.opened(desk), "busy": await Dialog.opened(desk)}
    for name, dialog in dialogs.items():
        player.watch(name, WATCH, appointmentId=dialog.appointment)
        assert await player.event(name) == shown(dialog.revision, "SNAPSHOT", used=0)
    with practice.stopped(how):
        async with practice.elsewhere(http) as another_desk:
            await another_desk.complete(dialogs["busy"].appointment)
    assert await player.event("busy") == shown(dialogs["busy"].revision + 1, "SNAPSHOT", used=1)
    for _ in range(2 * connections):
        await player.opened()
    await desk.complete(dialogs["quiet"].appointment)
    assert state(await player.event("quiet")) == (dialogs["quiet"].revision + 1, 1)
    for name, dialog in dialogs.items():
        await dialog.delete()
        assert await player.event(name) == ENDED
    assert await player.rest() == []


def tracker(*, used: int) -> dict[str, int]:
    """Return the tracker as a query tells it."""
    return {"used": used, "sessionLimit": 3, "remaining": 3 - used}


def seen(revision: int, *trackers: dict[str, int]) -> dict[str, Any]:
    """Return the answer to the query."""
    return {"data": {"client": {"name": "Mara Keller", "revision": revision, "trackers": list(trackers)}}}


def shown(revision: int, reason: str, *, used: int) -> dict[str, Any]:
    """Return the event of a banner."""
    primary = {"used": used, "remaining": 3 - used, "sessionNumber": used or None}
    return {"banner": {"revision": revision, "reason": reason, "primary": primary}}


def state(event: dict[str, Any]) -> tuple[int, int]:
    """Return the revision and the count: the change may overtake the resumed subscription and be its first state."""
    return event["banner"]["revision"], event["banner"]["primary"]["used"]
