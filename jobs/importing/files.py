"""Importing: brings the clients and appointments of CSV files onto record, a batch of lines in each unit of work."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Final, Protocol, TypeAlias, TypeVar
from uuid import UUID

from jobs.importing.appointments import apply_appointments
from jobs.importing.clients import apply_clients
from jobs.importing.formats import ImportFile
from jobs.importing.lines import AppointmentLine, ClientLine, Line, unpacked_appointment, unpacked_client
from jobs.importing.records import Refusal
from jobs.importing.scratch import Scratch
from jobs.importing.summary import ImportSummary, Outcome
from models.clock import Clock
from models.errors import Conflict, ExternalIdTaken, NotFound
from models.history import Actor
from models.practices import Practice

BATCH: Final = 1000
ATTEMPTS: Final = 3
L = TypeVar("L", bound=Line)
L_contra = TypeVar("L_contra", bound=Line, contravariant=True)
Refuse: TypeAlias = Callable[[int, str], object]
Progress: TypeAlias = Callable[[int], object]


class Apply(Protocol[L_contra]):
    """Brings a batch of lines onto record, in one unit of work."""

    def __call__(self, *, lines: Sequence[L_contra], now: datetime) -> Awaitable[Outcome]:
        """Return what became of the lines. Raises Conflict, ExternalIdTaken; nothing is changed then."""


async def import_clients(
    *,
    file: ImportFile[ClientLine],
    practice_id: UUID,
    actor: Actor,
    clock: Clock,
    refuse: Refuse = lambda _line, _reason: None,
    progress: Progress = lambda _bytes: None,
) -> ImportSummary:
    """Create and rename the practice's clients, by external id, as the file says.

    The file is read to its end before anything is written. The clock is read for each batch, because a long import may
    run past a practice's midnight. `refuse` is called at the end with the number and the reason of each line that is
    not imported, in the order of the file; `progress` with how far it came since the last call, in bytes of the file.
    Raises NotFound for the practice, Invalid when the file can be read no further; nothing is written then.
    """
    apply = partial(apply_clients, practice_id=practice_id, actor=actor)
    return await _import(
        file, apply, unpacked_client, practice_id=practice_id, clock=clock, refuse=refuse, progress=progress
    )


async def import_appointments(
    *,
    file: ImportFile[AppointmentLine],
    practice_id: UUID,
    actor: Actor,
    clock: Clock,
    refuse: Refuse = lambda _line, _reason: None,
    progress: Progress = lambda _bytes: None,
) -> ImportSummary:
    """Book and change the practice's appointments, by external id, as the file says; settle the clients concerned.

    The arguments and errors are those of `import_clients`.
    """
    apply = partial(apply_appointments, practice_id=practice_id, actor=actor)
    return await _import(
        file, apply, unpacked_appointment, practice_id=practice_id, clock=clock, refuse=refuse, progress=progress
    )


async def _import(
    file: ImportFile[L],
    apply: Apply[L],
    unpacked: Callable[[bytes], L],
    *,
    practice_id: UUID,
    clock: Clock,
    refuse: Refuse,
    progress: Progress,
) -> ImportSummary:
    if not await Practice.exists(id=practice_id):
        raise NotFound("There is no such practice.")
    summary, shown = ImportSummary(), _Shown(progress)
    with Scratch() as scratch:
        try:
            await _read(file, scratch, summary, shown)
            read, done = file.bytes_read, 0
            for batch in scratch.batches(BATCH):
                outcome = await _applied(apply, [unpacked(told) for told in batch], now=clock.now())
                summary.count(outcome)
                scratch.refuse(outcome.refusals)
                done += len(batch)
                shown.upto((read + read * done // scratch.lines) // 2)
            shown.upto(read)
        finally:
            for line, reason in scratch.refusals():
                refuse(line, reason)
    return summary


async def _read(file: ImportFile[L], scratch: Scratch, summary: ImportSummary, shown: "_Shown") -> None:
    """Keep the lines that are fit for the database, and refuse the others, among them those that say an id again.

    So the lines of a client come together, and the client is settled once, and not for each day of a calendar anew.
    """
    rest = iter(file)
    while batch := list(islice(rest, BATCH)):
        outcome = Outcome(refusals=[refusal for item in batch if (refusal := _kept(item, scratch))])
        summary.count(outcome)
        scratch.refuse(outcome.refusals)
        shown.upto(file.bytes_read // 2)
        await asyncio.sleep(0)  # Others in the process go on, and the import can be cancelled.


def _kept(item: Line | Refusal, scratch: Scratch) -> Refusal | None:
    """Keep the line, or return why it is refused."""
    if isinstance(item, Refusal):
        return item
    earlier = scratch.keep(item.external_id, line=item.line, client=item.client_external_id, told=item.packed())
    if earlier is None:
        return None
    return Refusal(item.line, f"{item.external_id!r} is already on line {earlier} of this file.")


class _Shown:
    """Tells progress: a byte of the file counts half when it is read, and half when its line is on record."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._told = progress, 0

    def upto(self, size: int) -> None:
        """Tell that the import has come so far."""
        self._progress(size - self._told)
        self._told = size


async def _applied(apply: Apply[L], lines: Sequence[L], *, now: datetime) -> Outcome:
    """Apply the lines; when others keep writing the same records, each line by itself, so that one stops no other."""
    if not lines:
        return Outcome()
    for _attempt in range(ATTEMPTS):
        try:
            return await apply(lines=lines, now=now)
        except (Conflict, ExternalIdTaken):
            continue
    if len(lines) == 1:
        return Outcome(refusals=[Refusal(lines[0].line, "Others kept changing this record: import the file again.")])
    outcome = Outcome()
    for line in lines:
        outcome.add(await _applied(apply, [line], now=now))
    return outcome
