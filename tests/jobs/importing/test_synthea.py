"""Importing what Synthea writes, and counting it again by hand."""

import csv
import os
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from jobs.importing.formats import Format
from jobs.importing.records import read_file
from models.appointments import Appointment
from models.terms import AppointmentStatus
from models.trackers import Tracker
from tests.conftest import StillClock
from tests.jobs.importing.cases import Desk, differences, everything, open_desk

OURS = Path(__file__).parents[2] / "data" / "synthea"
WHOLE = os.environ.get("SESSION_TRACKER_SYNTHEA")
ZONE = "America/New_York"
DATES: Sequence[tuple[date, date | None]] = (
    (date(1900, 1, 1), None),
    (date(2000, 1, 1), date(2009, 12, 31)),
    (date(2015, 6, 15), date(2016, 6, 14)),
    (date(2024, 2, 29), date(2024, 12, 31)),
    (date(2025, 1, 1), date(2025, 1, 1)),
    (date(2025, 3, 8), date(2025, 4, 1)),
    (date(2025, 1, 1), None),
)


@pytest.fixture
async def desk(database: str, clock: StillClock) -> Desk:
    """Open a practice in Massachusetts."""
    return await open_desk(clock, zone=ZONE)


async def bring_in(desk: Desk, folder: Path) -> tuple[int, int]:
    """Import a run of Synthea and return how many clients and appointments were created; all must be accepted."""
    clients = await desk.clients(read_file(path=folder / "patients.csv"), file_format=Format.SYNTHEA)
    assert desk.refused == []
    visits = await desk.appointments(read_file(path=folder / "encounters.csv"), file_format=Format.SYNTHEA)
    assert desk.refused == []
    return clients.created, visits.created


def visits_in(folder: Path) -> dict[str, list[date]]:
    """Return the dates of each patient's visits, read from the file by other means."""
    found: dict[str, list[date]] = {}
    with (folder / "encounters.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = datetime.fromisoformat(row["START"]).astimezone(ZoneInfo(ZONE)).date()
            found.setdefault(row["PATIENT"], []).append(day)
    return found


async def check_counts(desk: Desk, visits: dict[str, list[date]], patients: Sequence[str]) -> None:
    """Compare every tracker of these patients with a count of the file."""
    for patient in patients:
        rows = await Tracker.filter(client_id=(await desk.client(patient)).id).order_by("slot")
        right = [sum(begin <= day <= (end or date.max) for day in visits[patient]) for begin, end in DATES]
        assert [row.used for row in rows] == right


async def test_a_small_run_is_counted_right_on_either_side_of_midnight(desk: Desk) -> None:
    """Trackers set before the import, and those set after it, say what the file says."""
    visits = visits_in(OURS)
    before, after = list(visits)[:2], list(visits)[2:]
    await desk.clients(read_file(path=OURS / "patients.csv"), file_format=Format.SYNTHEA)
    for patient in before:
        for begin, end in DATES:
            await desk.tracker(patient, begin, end)
    assert await bring_in(desk, OURS) == (0, 15)
    for patient in after:
        for begin, end in DATES:
            await desk.tracker(patient, begin, end)
    await check_counts(desk, visits, [*before, *after])
    names = [(await desk.client(patient)).name for patient in visits]
    assert names == ["Ilka Brandvold", "Óscar D'Ambrose", "Maree Teufel"]
    assert {row.status for row in await Appointment.all()} == {AppointmentStatus.COMPLETED}
    seen = await everything()
    assert await bring_in(desk, OURS) == (0, 0)
    assert await everything() == seen


@pytest.mark.skipif(WHOLE is None, reason="SESSION_TRACKER_SYNTHEA names no folder with a run of Synthea.")
async def test_a_whole_run_is_counted_right(desk: Desk) -> None:
    """The busiest clients' trackers over many dates, some set before the import, some after."""
    folder = Path(WHOLE or "")
    visits = visits_in(folder)
    busiest = [patient for patient, _days in Counter({key: len(days) for key, days in visits.items()}).most_common(10)]
    await desk.clients(read_file(path=folder / "patients.csv"), file_format=Format.SYNTHEA)
    for patient in busiest[:5]:
        for begin, end in DATES:
            await desk.tracker(patient, begin, end)
    assert await bring_in(desk, folder) == (0, sum(map(len, visits.values())))
    for patient in busiest[5:]:
        for begin, end in DATES:
            await desk.tracker(patient, begin, end)
    await check_counts(desk, visits, busiest)
    assert await differences(desk) == 0
    seen = await everything()
    assert await bring_in(desk, folder) == (0, 0)
    assert await everything() == seen
