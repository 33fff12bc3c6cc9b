"""Open dialogs when time passes: midnight, resets and expiries, the demo's clock, another time zone, a restart."""

from typing import Any, Final

from models.database import connected
from models.terms import Role
from tests.api.conftest import House, running, settle_in
from tests.api.desk import on_record
from tests.api.served import Socket, closing_code
from tests.conftest import StillClock

WATCH: Final = """subscription ($id: ID!, $known: Int) { appointmentBanner(appointmentId: $id, knownRevision: $known) {
  revision reason trackers { used state beginDate sessionNumber } } }"""
ADVANCE: Final = """mutation ($days: Int!) {
  advanceClock(days: $days) { practice { today } errors { code path message } } }"""


async def next_banner(socket: Socket, operation: str) -> dict[str, Any]:
    """Return the banner of the next event."""
    banner: dict[str, Any] = (await socket.next(operation))["appointmentBanner"]
    return banner


def seen(banner: dict[str, Any]) -> tuple[str, list[tuple[str, int]]]:
    """Return why a banner was sent, with the state and count of each tracker."""
    return banner["reason"], [(tracker["state"], tracker["used"]) for tracker in banner["trackers"]]


async def test_a_session_of_tomorrow_receives_its_trackers_at_midnight(house: House) -> None:
    """At the first instant of its day in Zurich, by the server's worker; one completed in advance counts then."""
    client = await house.desk.client()
    await house.desk.tracker(client)
    tomorrow = await house.desk.session(client, "2026-03-05", completed=True)
    today = await house.desk.session(client)
    async with house.api().socket() as socket, house.api().socket() as other:
        dialog = await socket.subscribe(WATCH, id=tomorrow)
        assert seen(await next_banner(socket, dialog)) == ("SNAPSHOT", [])
        neighbour = await other.subscribe(WATCH, id=today)
        assert seen(await next_banner(other, neighbour)) == ("SNAPSHOT", [("ACTIVE", 0)])
        house.clock.advance(hours=12, minutes=59, seconds=59)
        assert (await house.api().data("{ practice { today } }"))["practice"] == {"today": "2026-03-04"}
        assert await socket.is_quiet()
        house.clock.advance(seconds=1)
        banner = await next_banner(socket, dialog)
        assert seen(banner) == ("NEW_DAY", [("ACTIVE", 1)])
        assert banner["trackers"][0]["sessionNumber"] == 1
        assert seen(await next_banner(other, neighbour)) == ("NEW_DAY", [("ACTIVE", 1)])


async def test_a_period_ends_at_midnight(house: House) -> None:
    """With automatic reset the next begins from 0, without it the tracker is expired; a tracker that begins shows."""
    client = await house.desk.client()
    await house.desk.tracker(client, 1, "2026-03-03", endDate="2026-03-04", autoReset=True)
    await house.desk.tracker(client, 1, "2026-03-01", endDate="2026-03-05")
    appointment = await house.desk.session(client, completed=True)
    future = await house.desk.session(client, "2026-03-05")
    async with house.api().socket() as socket:
        dialog = await socket.subscribe(WATCH, id=future)
        await next_banner(socket, dialog)
        house.clock.advance(days=1)
        banner = await next_banner(socket, dialog)
        assert seen(banner) == ("RESET", [("ACTIVE", 0), ("LIMIT_REACHED", 1)])
        assert banner["trackers"][0]["beginDate"] == "2026-03-05"
        await house.desk.complete(future)
        banner = await next_banner(socket, dialog)
        assert seen(banner) == ("COMPLETION", [("LIMIT_REACHED", 1), ("LIMIT_REACHED", 2)])
        house.clock.advance(days=1)
        banner = await next_banner(socket, dialog)
        assert seen(banner) == ("EXPIRY", [("LIMIT_REACHED", 1), ("EXPIRED", 2)])
    query = "query ($id: ID!) { appointment(id: $id) { banner { trackers { beginDate used } } } }"
    shown = (await house.api().data(query, id=appointment))["appointment"]["banner"]["trackers"]
    assert shown == [{"beginDate": "2026-03-03", "used": 1}, {"beginDate": "2026-03-01", "used": 2}]


async def test_advancing_the_demo_clock_moves_open_dialogs(house: House) -> None:
    """Before the answer all that falls due is done, in order; an open dialog receives the outcome."""
    client = await house.desk.client()
    rule = {"assigneeId": house.id_of(Role.STAFF), "trigger": "END_DATE"}
    await house.desk.tracker(client, endDate="2026-03-31", autoReset=True, taskRule=rule)
    appointment = await house.desk.session(client, "2026-05-02", completed=True)
    async with house.api().socket() as socket:
        dialog = await socket.subscribe(WATCH, id=appointment)
        assert seen(await next_banner(socket, dialog)) == ("SNAPSHOT", [])
        payload = (await house.api().data(ADVANCE, days=60))["advanceClock"]
        assert payload == {"practice": {"today": "2026-05-03"}, "errors": []}
        banner = await next_banner(socket, dialog)
        assert seen(banner) == ("RESET", [("ACTIVE", 1)])
        assert banner["trackers"][0]["beginDate"] == "2026-05-01"
    rows = await on_record(house.practice.id)
    closed = [(row["number"], str(row["end_date"])) for row in rows["ClosedPeriod"]]
    assert sorted(closed) == [(1, "2026-03-31"), (2, "2026-04-30")]
    assert sorted(row["period_number"] for row in rows["Task"]) == [1, 2]


async def test_another_time_zone_moves_open_dialogs(house: House) -> None:
    """In Auckland it is tomorrow already: tomorrow's session shows its trackers, and one late today moves out."""
    client = await house.desk.client()
    await house.desk.tracker(client, begin="2026-03-05")
    tomorrow = await house.desk.session(client, "2026-03-05", completed=True)
    async with house.api().socket() as socket:
        dialog = await socket.subscribe(WATCH, id=tomorrow)
        assert seen(await next_banner(socket, dialog)) == ("SNAPSHOT", [])
        house.clock.advance(hours=4)
        await house.api().done("updatePractice", "practice { today }", timeZone="Pacific/Auckland")
        assert seen(await next_banner(socket, dialog)) == ("CORRECTION", [("ACTIVE", 1)])
        await house.api().done("updatePractice", "practice { today }", timeZone="Europe/Zurich")
        assert seen(await next_banner(socket, dialog)) == ("CORRECTION", [])


async def test_a_dialog_resumes_after_a_restart(database_url: str, clock: StillClock) -> None:
    """With the revision it knows: nothing again of what it has seen, and at once what it missed."""
    async with connected(database_url):
        practice, people = await settle_in(clock)
    async with running(database_url, clock, practice, people) as house:
        client = await house.desk.client()
        await house.desk.tracker(client)
        appointment = await house.desk.session(client)
        async with house.api().socket() as socket:
            dialog = await socket.subscribe(WATCH, id=appointment)
            known = (await next_banner(socket, dialog))["revision"]
    async with running(database_url, clock, practice, people) as house, house.api().socket() as socket:
        dialog = await socket.subscribe(WATCH, id=appointment, known=known)
        await house.desk.complete(appointment)
        banner = await next_banner(socket, dialog)
        # Its first event is of the completion: what was known was not sent again.
        assert (seen(banner)[1], banner["revision"]) == ([("ACTIVE", 1)], known + 1)
    async with running(database_url, clock, practice, people) as house, house.api().socket() as socket:
        dialog = await socket.subscribe(WATCH, id=appointment, known=known)
        banner = await next_banner(socket, dialog)
        assert (seen(banner), banner["revision"]) == (("SNAPSHOT", [("ACTIVE", 1)]), known + 1)


async def test_a_restart_closes_open_sockets_in_good_order(database_url: str, clock: StillClock) -> None:
    """The dialog is told that the server goes away (1012 or 1001), so that it comes back."""
    async with connected(database_url):
        practice, people = await settle_in(clock)
    async with running(database_url, clock, practice, people) as house:
        client = await house.desk.client()
        opened = house.api().socket()
        socket = await opened.__aenter__()
        operation = await socket.subscribe(
            "subscription ($id: ID!) { clientTrackers(clientId: $id) { id } }", id=client
        )
        await socket.next(operation)
    assert await closing_code(socket.raw) in {1001, 1012}
    await opened.__aexit__(None, None, None)
