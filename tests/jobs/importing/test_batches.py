"""Files of many batches: read as they go, interrupted, past midnight."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from jobs.importing.files import BATCH, import_appointments, import_clients
from jobs.importing.formats import Format, open_appointments, open_clients
from jobs.importing.records import read_file
from models.clients import Client
from models.errors import Invalid, NotFound
from models.history import HistoryEntry
from models.trackers import ClosedPeriod
from models.unit_of_work import all_finished
from tests.conftest import StillClock
from tests.jobs.importing.cases import IMPORTER, Desk, differences, everything, open_desk, session, sessions


@pytest.fixture
async def desk(database: str, clock: StillClock) -> Desk:
    """Open a practice in Zurich."""
    return await open_desk(clock)


def many(count: int) -> Iterator[bytes]:
    """Yield a file of that many clients."""
    yield b"external_id,name\n"
    for number in range(count):
        yield b"c%d,Client %d\n" % (number, number)


async def test_a_file_is_read_batch_by_batch(desk: Desk, tmp_path: Path) -> None:
    """What was read when a batch is done is that batch; progress adds up to the size of the file."""
    path = tmp_path / "clients.csv"
    path.write_bytes(b"\xef\xbb\xbf" + b"".join(many(2 * BATCH + 10)) + b"\n\n")
    taken, seen, sizes = 0, list[int](), list[int]()

    def lines() -> Iterator[bytes]:
        nonlocal taken
        for line in read_file(path=path):
            taken += 1
            yield line

    def progress(size: int) -> None:
        sizes.append(size)
        seen.append(taken)

    await import_clients(
        file=open_clients(pieces=lines(), file_format=Format.NATIVE),
        practice_id=desk.practice.id,
        actor=IMPORTER,
        clock=desk.clock,
        progress=progress,
    )
    assert seen[:3] == [BATCH + 1, 2 * BATCH + 1, 2 * BATCH + 13]
    assert sum(sizes) == path.stat().st_size


async def test_the_number_of_statements_does_not_depend_on_the_number_of_lines(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """However many lines and clients, a batch costs the same few trips to the database."""
    await desk.known(*(f"c{number}" for number in range(200)))
    counts = []
    for size in (2, 200):
        half = [session(f"a{size}-{number}", f"c{number}") for number in range(size // 2)]
        await desk.appointments(sessions(*half))
        lines = [line.replace("COMPLETED", "MISSED") for line in half]
        lines += [session(f"b{size}-{number}", f"c{number}") for number in range(size // 2, size)]
        caplog.clear()
        with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
            await desk.appointments(sessions(*lines))
        counts.append(len(caplog.records))
    assert counts[0] == counts[1]
    assert counts[0] < 40


async def test_a_file_that_breaks_off_leaves_whole_batches(desk: Desk) -> None:
    """Run again, the import goes on where it was."""

    def broken() -> Iterator[bytes]:
        for number, line in enumerate(many(2 * BATCH)):
            if number == BATCH + 500:
                raise Invalid("The file can be read no further.")
            yield line

    with pytest.raises(Invalid, match="no further"):
        await desk.clients(broken())
    assert await Client.all().count() == BATCH
    summary = await desk.clients(many(2 * BATCH))
    assert (summary.unchanged, summary.created) == (BATCH, BATCH)


async def test_a_cancelled_import_leaves_whole_batches(desk: Desk) -> None:
    """The batch that is being written is finished, and no other is begun."""
    stopped = asyncio.Event()

    async def run() -> None:
        await import_clients(
            file=open_clients(pieces=many(5 * BATCH), file_format=Format.NATIVE),
            practice_id=desk.practice.id,
            actor=IMPORTER,
            clock=desk.clock,
            progress=lambda _bytes: stopped.set(),
        )

    task = asyncio.create_task(run())
    await stopped.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await all_finished()
    imported = await Client.all().count()
    assert imported in {BATCH, 2 * BATCH}
    assert await HistoryEntry.filter(what="client.imported").count() == imported
    assert (await desk.clients(many(5 * BATCH))).created == 5 * BATCH - imported


async def test_an_import_past_midnight_counts_each_session_on_its_day(desk: Desk, clock: StillClock) -> None:
    """The clock is read for each batch: what falls due in between is settled first."""
    await desk.known("c1", "c2")
    tracker = await desk.tracker("c1", date(2026, 3, 4), date(2026, 3, 4), auto_reset=True)
    others = [session(f"b{number}", "c2") for number in range(BATCH - 1)]
    text = sessions(session("a1", "c1", "2026-03-04T09:00"), *others, session("a2", "c1", "2026-03-05T09:00"))
    days = iter([timedelta(days=1)])
    await import_appointments(
        file=open_appointments(pieces=text.encode().splitlines(keepends=True), file_format=Format.NATIVE),
        practice_id=desk.practice.id,
        actor=IMPORTER,
        clock=clock,
        progress=lambda _bytes: clock.advance(days=next(days, timedelta()).days),
    )
    await tracker.refresh_from_db()
    assert (tracker.begin_date, tracker.used) == (date(2026, 3, 5), 1)
    assert await ClosedPeriod.all().values_list("number", "used") == [(1, 1)]
    assert await differences(desk) == 0


async def test_a_practice_that_does_not_exist_is_not_found(desk: Desk) -> None:
    """Nothing is written."""
    before = await everything()
    with pytest.raises(NotFound, match="There is no such practice"):
        await import_clients(
            file=open_clients(pieces=many(3), file_format=Format.NATIVE),
            practice_id=uuid4(),
            actor=IMPORTER,
            clock=desk.clock,
        )
    assert await everything() == before
