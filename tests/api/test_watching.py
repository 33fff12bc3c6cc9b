"""Open dialogs: the banner as it stands, then one event for each visible change, and no other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.api.conftest import House
from tests.api.desk import at
from tests.api.served import Socket

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIELDS: Final = """revision reason moreCount primary { trackerId } trackers {
  trackerId state used remaining over sessionLimit sessionNumber beginDate endDate note color }"""
WATCH: Final = f"""subscription ($id: ID!, $known: Int) {{
  appointmentBanner(appointmentId: $id, knownRevision: $known) {{ {FIELDS} }} }}"""
READ: Final = f"query ($id: ID!) {{ appointment(id: $id) {{ banner {{ {FIELDS} }} }} }}"


@dataclass
class Dialog:
    """An open dialog of one appointment, with what it last showed."""

    house: House
    socket: Socket
    operation: str
    appointment: str
    shown: dict[str, Any]

    async def next(self, reason: str) -> dict[str, Any]:
        """Return the next event, which has this reason, a greater revision, and is what a query reads."""
        banner: dict[str, Any] = (await self.socket.next(self.operation))["appointmentBanner"]
        assert banner["reason"] == reason
        assert banner["revision"] > self.shown["revision"]
        read = (await self.house.api().data(READ, id=self.appointment))["appointment"]["banner"]
        assert {**banner, "reason": ""} == {**read, "reason": ""}
        self.shown = banner
        return banner

    async def used(self, reason: str) -> list[int]:
        """Return the counts that the next event shows."""
        return [tracker["used"] for tracker in (await self.next(reason))["trackers"]]


@asynccontextmanager
async def watching(house: House, appointment: str) -> AsyncIterator[Dialog]:
    """Open a dialog; when the block ends, no event is left over."""
    async with house.api().socket() as socket:
        operation = await socket.subscribe(WATCH, id=appointment)
        shown = (await socket.next(operation))["appointmentBanner"]
        assert shown["reason"] == "SNAPSHOT"
        yield Dialog(house, socket, operation, appointment, shown)
        assert await socket.is_quiet()


async def test_a_dialog_opens_with_the_state_as_it_stands(office: House) -> None:
    """Everything that the banner shows, in slot order."""
    client = await office.desk.client()
    await office.desk.session(client, "2026-03-02", completed=True)
    appointment = await office.desk.session(client, completed=True)
    first = await office.desk.tracker(client, 1, endDate="2026-03-31", note="Approved", color="#00FF00")
    second = await office.desk.tracker(client, 12, "2026-03-04")
    await office.desk.tracker(client, 12, "2026-03-05")
    async with watching(office, appointment) as dialog:
        shown = dialog.shown
    assert (shown["moreCount"], shown["primary"]) == (1, {"trackerId": first})
    assert shown["trackers"] == [
        {
            "trackerId": first,
            "state": "LIMIT_REACHED",
            "used": 2,
            "remaining": 0,
            "over": 1,
            "sessionLimit": 1,
            "sessionNumber": 2,
            "beginDate": "2026-03-01",
            "endDate": "2026-03-31",
            "note": "Approved",
            "color": "#00FF00",
        },
        {
            "trackerId": second,
            "state": "ACTIVE",
            "used": 1,
            "remaining": 11,
            "over": 0,
            "sessionLimit": 12,
            "sessionNumber": 1,
            "beginDate": "2026-03-04",
            "endDate": None,
            "note": None,
            "color": "#3366CC",
        },
    ]


async def test_what_becomes_of_a_session_moves_the_banner(office: House) -> None:
    """A completion, its undoing, a cancellation, a miss, and the change from one to the other."""
    client = await office.desk.client()
    await office.desk.tracker(client)
    appointment = await office.desk.session(client)
    async with watching(office, appointment) as dialog:
        for mutation, reason, used in (
            ("completeAppointment", "COMPLETION", 1),
            ("reopenAppointment", "CORRECTION", 0),
            ("completeAppointment", "COMPLETION", 1),
            ("cancelAppointment", "CORRECTION", 0),
            ("completeAppointment", "COMPLETION", 1),
            ("markAppointmentMissed", "CORRECTION", 0),
        ):
            await office.api().done(mutation, "appointment { id }", appointmentId=appointment)
            assert await dialog.used(reason) == [used]


async def test_another_session_of_the_client_moves_the_banner(office: House) -> None:
    """Its completion, its move out of the period and back, and its deletion."""
    client = await office.desk.client()
    await office.desk.tracker(client)
    mine, other = await office.desk.session(client, completed=True), await office.desk.session(client, hour=8)
    async with watching(office, mine) as dialog:
        await office.desk.complete(other)
        banner = await dialog.next("COMPLETION")
        assert (banner["trackers"][0]["used"], banner["trackers"][0]["sessionNumber"]) == (2, 2)
        await office.api().done("rescheduleAppointment", "appointment { id }", appointmentId=other, **at("2026-02-28"))
        assert await dialog.used("CORRECTION") == [1]
        await office.api().done("rescheduleAppointment", "appointment { id }", appointmentId=other, **at("2026-03-01"))
        assert await dialog.used("CORRECTION") == [2]
        await office.api().done("deleteAppointment", "deletedId", appointmentId=other)
        assert await dialog.used("CORRECTION") == [1]


async def test_a_moved_session_shows_what_holds_its_new_day(office: House) -> None:
    """Before the first begin: nothing; after today: nothing; on a day of the period: its tracker."""
    client = await office.desk.client()
    await office.desk.tracker(client)
    appointment = await office.desk.session(client, completed=True)
    async with watching(office, appointment) as dialog:
        for day, used in (("2026-02-28", []), ("2026-03-01", [1]), ("2026-03-05", []), ("2026-03-04", [1])):
            move = {"appointmentId": appointment, **at(day)}
            await office.api().done("rescheduleAppointment", "appointment { id }", **move)
            assert await dialog.used("CORRECTION") == used


async def test_a_deleted_session_closes_its_dialog(office: House) -> None:
    """The operation completes; the socket stays open for others."""
    client = await office.desk.client()
    appointment = await office.desk.session(client)
    async with office.api().socket() as socket:
        operation = await socket.subscribe(WATCH, id=appointment)
        await socket.next(operation)
        await office.api().done("deleteAppointment", "deletedId", appointmentId=appointment)
        assert await socket.receive() == {"id": operation, "type": "complete"}
        query = await socket.subscribe("{ viewer { role } }")
        assert await socket.next(query) == {"viewer": {"role": "ADMIN"}}


async def test_trackers_come_change_and_go(office: House) -> None:
    """Created, edited, reordered, removed: each is shown at once, in slot order."""
    client = await office.desk.client()
    appointment = await office.desk.session(client, completed=True)
    async with watching(office, appointment) as dialog:
        first = await office.desk.tracker(client, 5, note="first")
        assert await dialog.used("TRACKER_EDIT") == [1]
        second = await office.desk.tracker(client, 1, note="second")
        assert (await dialog.next("TRACKER_EDIT"))["moreCount"] == 1
        await office.api().done("updateTracker", "tracker { id }", trackerId=first, note="edited", sessionLimit=1)
        edited = (await dialog.next("TRACKER_EDIT"))["trackers"][0]
        assert (edited["note"], edited["state"], edited["remaining"]) == ("edited", "LIMIT_REACHED", 0)
        order = {"clientId": client, "trackerIds": [second, first]}
        await office.api().done("reorderTrackers", "client { id }", **order)
        assert (await dialog.next("TRACKER_EDIT"))["primary"] == {"trackerId": second}
        await office.api().done("removeTracker", "tracker { id }", trackerId=second)
        banner = await dialog.next("TRACKER_EDIT")
        assert [tracker["trackerId"] for tracker in banner["trackers"]] == [first]


async def test_nothing_is_sent_when_nothing_visible_changed(office: House) -> None:
    """A completion outside any period, one of a future day, repeats, a new name, another client's doings."""
    client, other = await office.desk.client(), await office.desk.client("Noah Meier")
    await office.desk.tracker(client)
    await office.desk.tracker(other)
    appointment = await office.desk.session(client, completed=True)
    outside = await office.desk.session(client, "2026-02-27")
    future = await office.desk.session(client, "2026-03-20")
    async with watching(office, appointment) as dialog:
        await office.desk.complete(outside)
        await office.desk.complete(future)
        await office.desk.complete(appointment)
        await office.api().done("updateClient", "client { id }", clientId=client, name="Mara Huber")
        await office.desk.session(other, completed=True)
        await office.desk.session(client, hour=12)
        await office.api().done(
            "rescheduleAppointment", "appointment { id }", appointmentId=outside, **at("2026-02-01")
        )
        # The next event is of the change that follows: nothing came before it.
        await office.desk.session(client, hour=13, completed=True)
        assert await dialog.used("COMPLETION") == [2]


async def test_a_known_revision_spares_the_first_state(office: House) -> None:
    """When it is current the first event is the next change; when it is not, the state as it stands."""
    client = await office.desk.client()
    await office.desk.tracker(client)
    appointment = await office.desk.session(client)
    current = await office.desk.revision(client)
    async with office.api().socket() as socket:
        fresh = await socket.subscribe(WATCH, id=appointment, known=current)
        for stale in (current - 1, current + 5, 0):
            operation = await socket.subscribe(WATCH, id=appointment, known=stale)
            shown = (await socket.next(operation))["appointmentBanner"]
            assert (shown["reason"], shown["revision"]) == ("SNAPSHOT", current)
            await socket.send({"id": operation, "type": "complete"})
        await office.desk.complete(appointment)
        banner = (await socket.next(fresh))["appointmentBanner"]
        assert (banner["revision"], banner["trackers"][0]["used"]) == (current + 1, 1)
        assert await socket.is_quiet()


async def test_a_burst_ends_at_the_newest_state(office: House) -> None:
    """50 completions and undoings: revisions only grow, and the last event is what a query reads.

    The end is a state that was never shown before, so that it cannot be taken for one.
    """
    client = await office.desk.client()
    await office.desk.tracker(client, 9)
    appointment, other = await office.desk.session(client), await office.desk.session(client, hour=10)
    async with office.api().socket() as socket:
        dialog = await socket.subscribe(WATCH, id=appointment)
        banners = [(await socket.next(dialog))["appointmentBanner"]]
        for _ in range(25):
            await office.desk.complete(appointment)
            await office.desk.reopen(appointment)
        await office.desk.complete(appointment)
        await office.desk.complete(other)
        final = (await office.api().data(READ, id=appointment))["appointment"]["banner"]
        while banners[-1]["revision"] < final["revision"]:
            banners.append((await socket.next(dialog))["appointmentBanner"])
        assert await socket.is_quiet()
    revisions = [banner["revision"] for banner in banners]
    assert revisions == sorted(set(revisions))
    assert {**banners[-1], "reason": ""} == {**final, "reason": ""}
    assert banners[-1]["trackers"][0]["used"] == 2
