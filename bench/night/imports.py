"""An import of a large calendar, against a bare COPY of as many appointments and one statement that counts."""

import asyncio
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from csv import writer
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import asyncpg

from bench.contenders import BIN
from bench.night.bare import NIGHTLY, SameRows, timed
from bench.night.databases import come_to_rest, postgres_filled, set_demo_clock
from bench.night.due import EVE, FIRST, TRACKERS_EACH, ZONE, fill
from bench.night.measure import check_counts
from bench.night.processor import server_seconds
from bench.practice import SECRET
from models.appointments import Appointment
from models.clients import Client
from models.database import connected, database
from models.practices import Practice

SESSIONS_EACH: Final = 20
FIRST_DAY: Final = date(2026, 1, 1)
DAYS: Final = 364
COUNT: Final = """
    SELECT tracker.id, count(*) FROM tracker
    JOIN copied ON copied.client_id = tracker.client_id AND copied.status = 'COMPLETED'
      AND copied.service_date BETWEEN tracker.begin_date AND coalesce(tracker.end_date, 'infinity')
    GROUP BY tracker.id
"""


@dataclass(frozen=True, slots=True)
class Import:
    """What an import took, in seconds; `floor` is a bare COPY of the appointments and a statement that counts."""

    appointments: int
    seconds: float
    floor: float
    same_rows: float
    own_processor: float
    server_processor: float


async def measure_import(server: str, *, appointments: int) -> Import:
    """Have the command import so many appointments for clients with two trackers each.

    Raises RuntimeError when they are not all on record then.
    """
    first = FIRST * TRACKERS_EACH
    trackers = appointments // SESSIONS_EACH * TRACKERS_EACH
    trackers -= trackers % first if trackers > first else 0
    filled = postgres_filled(server, partial(fill, trackers, practices_wanted=1))
    with tempfile.TemporaryDirectory(prefix="bench-import") as folder:
        async with filled as known, known.copy() as url, connected(url):
            file = Path(folder) / "appointments.csv"
            await _prepare(file, appointments)
            copies = SameRows((Appointment, *NIGHTLY))
            await copies.copy()
            seconds, own_processor, server_processor = await _import(file, url)
            if await Appointment.filter(external_id__isnull=False).count() != appointments:
                raise RuntimeError("Not all appointments are on record.")
            await check_counts(trackers=trackers)
            floor = await _copied(url, Path(folder) / "rows")
            return Import(appointments, seconds, floor, await copies.write_again(), own_processor, server_processor)


async def _prepare(file: Path, appointments: int) -> None:
    """Give the clients external ids, and write the file: a year of sessions, in the order of their days."""
    await database().execute_query("UPDATE client SET external_id = id::text")
    await set_demo_clock(EVE.date(), zone=ZONE)
    await come_to_rest()
    clients = [str(client.id) for client in await Client.all().order_by("id").only("id")]
    with file.open("w", newline="") as lines:
        table = writer(lines)
        table.writerow(["external_id", "client_external_id", "starts_at", "ends_at", "status", "service"])
        table.writerows(_line(number, clients, appointments) for number in range(appointments))


def _line(number: int, clients: Sequence[str], appointments: int) -> list[str]:
    day = FIRST_DAY + timedelta(days=number * DAYS // appointments)
    hour = 8 + number % 10
    # A prime that no number of clients is a multiple of: neighbours in the file are of clients far apart.
    client = clients[number * 7_919 % len(clients)]
    status = "CANCELLED" if number % 10 == 9 else "COMPLETED"
    return [f"a{number}", client, f"{day}T{hour:02}:00", f"{day}T{hour:02}:45", status, "Physiotherapy"]


async def _import(file: Path, url: str) -> tuple[float, float, float]:
    """Return the seconds it took: of the clock, and of the processor for the command and for the server."""
    environment = {"DATABASE_URL": url, "JWT_SECRET": SECRET, "DEMO_MODE": "true"}
    practice = await Practice.all().get()
    command = [str(BIN / "session-tracker"), "import", "--practice", str(practice.id), "--appointments", str(file)]
    children, before = resource.getrusage(resource.RUSAGE_CHILDREN), await server_seconds()
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.DEVNULL)
    if code := await process.wait():
        raise RuntimeError(f"The import ended with {code}.")
    seconds = time.perf_counter() - begun
    used, after = resource.getrusage(resource.RUSAGE_CHILDREN), await server_seconds()
    assert before is not None, "it is PostgreSQL"
    assert after is not None, "it is PostgreSQL"
    own = used.ru_utime + used.ru_stime - children.ru_utime - children.ru_stime
    return seconds, own, after - before


async def _copied(url: str, rows: Path) -> float:
    """Return how many seconds the floor takes, on a table with the indexes and the rows that were there before."""
    await database().execute_query("CREATE TABLE copied (LIKE appointment INCLUDING ALL)")
    await database().execute_query("INSERT INTO copied SELECT * FROM appointment WHERE external_id IS NULL")
    await come_to_rest()
    async with _connection(url) as connection:
        query = "SELECT * FROM appointment WHERE external_id IS NOT NULL"
        await connection.copy_from_query(query, output=rows, format="binary")
        begun = time.perf_counter()
        await connection.copy_to_table("copied", source=rows, format="binary")
        copying = time.perf_counter() - begun
    counting = await timed(COUNT)
    await database().execute_query("DROP TABLE copied")
    return copying + counting


@asynccontextmanager
async def _connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()
