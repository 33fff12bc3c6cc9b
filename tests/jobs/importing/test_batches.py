"""Files of many batches: read first, then applied client by client; interrupted, past midnight."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from jobs.importing.files import BATCH, import_appointments, import_clients
from jobs.importing.formats import Format, open_appointments, open_clients
from jobs.importing.records import read_file
from models.clients import Client
from models.errors import Invalid, NotFound
from models.history import HistoryEntry
from models.outbox import OutboxHint
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


def once_read(size: int, then: Callable[[], object]) -> Callable[[int], None]:
    """Return a `progress` that calls `then` once, when the first batch of a file of that size is on record."""
    told = 0

    def progress(more: int) -> None:
        nonlocal told
        before, told = told, told + more
        if before <= size // 2 < told:
            then()

    return progress


async def test_a_file_is_read_to_its_end_before_anything_is_written(desk: Desk, tmp_path: Path) -> None:
    """Progress comes to half of the file's size then, and to all of it at the end."""
    path = tmp_path / "clients.csv"
    path.write_bytes(b"\xef\xbb\xbf" + b"".join(many(2 * BATCH + 10)) + b"\n\n")
    size, taken, sizes = path.stat().st_size, 0, list[tuple[int, int]]()

    def lines() -> Iterator[bytes]:
        nonlocal taken
        for line in read_file(path=path):
            taken += 1
            yield line

    await import_clients(
        file=open_clients(pieces=lines(), file_format=Format.NATIVE),
        practice_id=desk.practice.id,
        actor=IMPORTER,
        clock=desk.clock,
        progress=lambda more: sizes.append((taken, more)),
    )
    assert [taken for taken, _ in sizes[:4]] == [BATCH + 1, 2 * BATCH + 1, 2 * BATCH + 13, 2 * BATCH + 13]
    assert sum(more for _, more in sizes[:3]) == size // 2
    assert sum(more for _, more in sizes) == size


async def test_a_client_is_settled_once_wherever_its_lines_stand(desk: Desk) -> None:
    """A calendar comes in the order of its days; a client's sessions come onto record together all the same."""
    await desk.known("c1", "c2")
    tracker = await desk.tracker("c1", date(2026, 3, 1), None, limit=2)
    lines = [session(f"a{number}", "c2" if number % 250 else "c1") for number in range(2 * BATCH)]
    await desk.appointments(sessions(*lines))
    client = await desk.client("c1")
    assert client.revision == 2
    assert await OutboxHint.filter(client_id=client.id).count() == 2
    counted = await HistoryEntry.filter(subject_id=tracker.id, actor=IMPORTER.label)
    assert [(entry.before and entry.before["used"], entry.after and entry.after["used"]) for entry in counted] == [
        (0, 8)
    ]
    assert await differences(desk) == 0


async def test_refusals_are_told_in_the_order_of_the_file(desk: Desk) -> None:
    """Whether a line is bad by itself or not known to the practice, and whosever it is."""
    await desk.known("c1", "c2")
    lines = [session(f"a{number}", "c2" if number % 2 else "c1") for number in range(2 * BATCH)]
    lines[3] = session("a3", "c3")
    lines[BATCH] = session("a4", "c1")
    lines[BATCH + 5] = session("b1", "c0")
    lines[-2] = session("b2", "c1", "yesterday")
    lines[-1] = session("b3", "c1", "2026-03-29T02:30")
    summary = await desk.appointments(sessions(*lines))
    assert [line for line, _ in desk.refused] == [5, BATCH + 2, BATCH + 7, 2 * BATCH, 2 * BATCH + 1]
    assert desk.refused[1] == (BATCH + 2, "'a4' is already on line 6 of this file.")
    assert (summary.created, summary.refused, summary.lines) == (2 * BATCH - 5, 5, 2 * BATCH)


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


async def test_a_file_that_breaks_off_changes_nothing(desk: Desk) -> None:
    """What was refused up to there is told."""
    before = await everything()

    def broken() -> Iterator[bytes]:
        for number, line in enumerate(many(2 * BATCH)):
            if number == BATCH + 500:
                raise Invalid("The file can be read no further.")
            yield b"c1\n" if number == 3 else line

    with pytest.raises(Invalid, match="no further"):
        await desk.clients(broken())
    assert await everything() == before
    assert desk.refused == [(4, "This line has 1 column, the first line 2.")]


async def test_a_cancelled_import_leaves_whole_batches(desk: Desk) -> None:
    """The batch that is being written is finished, and no other is begun."""
    stopped, size = asyncio.Event(), sum(map(len, many(5 * BATCH)))

    async def run() -> None:
        await import_clients(
            file=open_clients(pieces=many(5 * BATCH), file_format=Format.NATIVE),
            practice_id=desk.practice.id,
            actor=IMPORTER,
            clock=desk.clock,
            progress=once_read(size, stopped.set),
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


async def test_an_import_that_is_cancelled_while_it_reads_changes_nothing(desk: Desk) -> None:
    """Others in the process have their turn between two portions of the file."""
    before, taken, reads = await everything(), 0, asyncio.Event()

    def counted() -> Iterator[bytes]:
        nonlocal taken
        for line in many(5 * BATCH):
            taken += 1
            if taken == BATCH:
                reads.set()
            yield line

    task = asyncio.create_task(desk.clients(counted()))
    await reads.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert taken <= 2 * BATCH
    assert await everything() == before


async def test_an_import_past_midnight_counts_each_session_on_its_day(desk: Desk, clock: StillClock) -> None:
    """The clock is read for each batch: what falls due in between is settled first."""
    await desk.known("c1")
    tracker = await desk.tracker("c1", date(2026, 3, 4), date(2026, 3, 4), auto_reset=True)
    others = [session(f"b{number}", "c1") for number in range(BATCH - 1)]
    text = sessions(session("a1", "c1", "2026-03-04T09:00"), *others, session("a2", "c1", "2026-03-05T09:00"))
    await import_appointments(
        file=open_appointments(pieces=text.encode().splitlines(keepends=True), file_format=Format.NATIVE),
        practice_id=desk.practice.id,
        actor=IMPORTER,
        clock=clock,
        progress=once_read(len(text), lambda: clock.advance(days=1)),
    )
    await tracker.refresh_from_db()
    assert (tracker.begin_date, tracker.used) == (date(2026, 3, 5), 1)
    assert await ClosedPeriod.all().values_list("number", "used") == [(1, 1)]
    assert await HistoryEntry.filter(what="period.corrected").count() == 0
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
