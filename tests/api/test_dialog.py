"""What an open appointment dialog sees."""

from tests.api.conftest import House

BANNER = """subscription ($id: ID!) { appointmentBanner(appointmentId: $id) {
  revision reason moreCount trackers { state used remaining over sessionLimit sessionNumber beginDate endDate } } }"""


async def test_a_completion_elsewhere_moves_the_banner(house: House) -> None:
    """The dialog shows the state at once, then the new count the moment another client completes a session."""
    api = house.api()
    client = (await api.done("createClient", "client { id }", name="Mara Keller"))["client"]["id"]
    times = {"startsAt": "2026-03-04T09:00:00+01:00", "endsAt": "2026-03-04T10:00:00+01:00"}
    appointment = (await api.done("scheduleAppointment", "appointment { id }", clientId=client, **times))["appointment"]
    await api.done("createTracker", "tracker { id }", clientId=client, sessionLimit=2, beginDate="2026-03-01")
    async with api.socket() as socket:
        dialog = await socket.subscribe(BANNER, id=appointment["id"])
        first = (await socket.next(dialog))["appointmentBanner"]
        assert (first["reason"], first["trackers"][0]["used"]) == ("SNAPSHOT", 0)
        await house.api().done("completeAppointment", "appointment { status }", appointmentId=appointment["id"])
        second = (await socket.next(dialog))["appointmentBanner"]
        assert second["reason"] == "COMPLETION"
        assert second["trackers"][0]["used"] == 1
        assert second["trackers"][0]["sessionNumber"] == 1
        assert second["revision"] > first["revision"]
        await api.done("deleteAppointment", "deletedId", appointmentId=appointment["id"])
        assert await socket.receive() == {"id": dialog, "type": "complete"}
