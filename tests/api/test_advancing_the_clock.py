"""The demo's clock: what several people add is added up, in the database and in the process, and stays."""

import asyncio
from datetime import date, timedelta

from models.database import connected
from models.demo import demo_state
from tests.api.conftest import House, running, settle_in
from tests.conftest import StillClock

ADVANCE = "mutation ($days: Int!) { advanceClock(days: $days) { practice { today } errors { code path } } }"
START = date(2026, 3, 4)


async def advance(house: House, days: int) -> date:
    """Set the clock ahead and return what the answer says is today."""
    payload = (await house.api().data(ADVANCE, days=days))["advanceClock"]
    assert payload["errors"] == []
    return date.fromisoformat(payload["practice"]["today"])


async def days_ahead(house: House) -> tuple[int, int, date]:
    """Return how far the clock is ahead on record and in the process, and what the API says is today."""
    assert house.app is not None, "the server runs in this process"
    today = (await house.api().data("{ practice { today } }"))["practice"]["today"]
    state = await demo_state()
    return state.days_ahead, house.app.state.services.demo_clock.days_ahead, date.fromisoformat(today)


def ahead(days: int) -> tuple[int, int, date]:
    """Return what `days_ahead` returns when record, process and API agree."""
    return days, days, START + timedelta(days=days)


async def test_two_at_once_advance_by_the_sum(house: House) -> None:
    """Each answer is of a day to which its own was added; afterwards all agree."""
    answers = await asyncio.gather(advance(house, 10), advance(house, 20))
    assert answers[0] in {START + timedelta(days=10), START + timedelta(days=30)}
    assert answers[1] in {START + timedelta(days=20), START + timedelta(days=30)}
    assert await days_ahead(house) == ahead(30)


async def test_many_at_once_advance_by_the_sum(house: House) -> None:
    """Ten people, a different number of days each; no answer is of a day before its own."""
    answers = await asyncio.gather(*(advance(house, days) for days in range(1, 11)))
    assert all(today >= START + timedelta(days=days) for days, today in enumerate(answers, start=1))
    assert await days_ahead(house) == ahead(55)


async def test_two_at_once_in_one_request_advance_by_the_sum(house: House) -> None:
    """One after the other, each told its own day."""
    fields = " ".join(f"d{days}: advanceClock(days: {days}) {{ practice {{ today }} }}" for days in (1, 2))
    data = await house.api().data(f"mutation {{ {fields} }}")
    assert [data[name]["practice"]["today"] for name in ("d1", "d2")] == ["2026-03-05", "2026-03-07"]
    assert await days_ahead(house) == ahead(3)


async def test_a_refusal_advances_nothing(house: House) -> None:
    """Neither on record nor in the process."""
    await advance(house, 3)
    for days in (0, -1, 3661):
        payload = (await house.api().data(ADVANCE, days=days))["advanceClock"]
        assert payload == {"practice": None, "errors": [{"code": "INVALID", "path": ["days"]}]}
    assert await days_ahead(house) == ahead(3)


async def test_after_a_restart_the_clock_goes_on_from_there(database_url: str, clock: StillClock) -> None:
    """A session's period that ended while the clock was ahead stays ended; more days are added to those before."""
    async with connected(database_url):
        practice, people = await settle_in(clock)
    query = "query ($id: ID!) { client(id: $id) { trackers { beginDate state } } }"
    async with running(database_url, clock, practice, people) as house:
        client = await house.desk.client()
        await house.desk.tracker(client, endDate="2026-03-31", autoReset=True)
        await asyncio.gather(advance(house, 10), advance(house, 20))
        shown = (await house.api().data(query, id=client))["client"]["trackers"]
        assert shown == [{"beginDate": "2026-04-01", "state": "ACTIVE"}]
    async with running(database_url, clock, practice, people) as house:
        assert await days_ahead(house) == ahead(30)
        assert (await house.api().data(query, id=client))["client"]["trackers"] == shown
        await asyncio.gather(advance(house, 1), advance(house, 29))
        assert await days_ahead(house) == ahead(60)
        clock.advance(days=1)
        assert (await house.api().data("{ practice { today } }"))["practice"]["today"] == "2026-05-04"
