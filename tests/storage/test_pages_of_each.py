"""Pages of many lists at once: each its own, however many rows there are in all."""

from datetime import timedelta

import pytest

from models.bulk import insert_rows
from models.excerpts import EXCERPTS
from models.history import BY_ITSELF, HistoryEntry, entry
from models.identifiers import new_id
from models.pages_of_each import Portion
from tests.conftest import StillClock
from tests.storage.scene import Scene, set_scene

SUBJECTS, ENTRIES = 330, 101


@pytest.fixture
async def scene(database: str, clock: StillClock) -> Scene:
    """Return a practice in the connected database."""
    return await set_scene(clock)


async def test_more_rows_than_a_statement_has_parameters(scene: Scene) -> None:
    """PostgreSQL takes 32,767: three hundred trackers with a page of a hundred entries have more."""
    client, now = await scene.client(), scene.clock.now()
    subjects = [new_id(now=now) for _ in range(SUBJECTS)]
    entries = [
        entry(
            practice_id=scene.practice.id,
            client_id=client.id,
            subject_id=subject,
            what=f"entry {number}",
            actor=BY_ITSELF,
            at=now + timedelta(seconds=number),
            before=None,
            after=None,
        )
        for subject in subjects
        for number in range(ENTRIES)
    ]
    await insert_rows(HistoryEntry, entries)
    pages = await EXCERPTS.read([Portion(each, 100, None) for each in subjects], practice_id=scene.practice.id)
    expected = [f"entry {number}" for number in range(ENTRIES - 1, 0, -1)]
    assert all(([row.what for row in page.rows], page.has_next) == (expected, True) for page in pages)
    rest = await EXCERPTS.read([Portion(subjects[0], 100, pages[0].cursors[-1])], practice_id=scene.practice.id)
    assert [[row.what for row in page.rows] for page in rest] == [["entry 0"]]
