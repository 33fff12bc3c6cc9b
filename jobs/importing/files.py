"""Importing: brings the clients and appointments of CSV files onto record, a batch of lines in each unit of work."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Final, Protocol, TypeAlias, TypeVar
from uuid import UUID

from jobs.importing.appointments import apply_appointments
from jobs.importing.clients import apply_clients
from jobs.importing.formats import ImportFile
from jobs.importing.lines import AppointmentLine, ClientLine, Line
from jobs.importing.records import Refusal
from jobs.importing.seen import SeenIds
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

    The clock is read for each batch, because a long import may run past a practice's midnight. `refuse` is called with
    the number and the reason of each line that is not imported, in the order of the file; `progress` with the number
    of bytes read since the last call. Raises NotFound for the practice, Invalid when the file can be read no further;
    the batches before it stay.
    """
    apply = partial(apply_clients, practice_id=practice_id, actor=actor)
    return await _import(file, apply, practice_id=practice_id, clock=clock, refuse=refuse, progress=progress)


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
    return await _import(file, apply, practice_id=practice_id, clock=clock, refuse=refuse, progress=progress)


async def _import(
    file: ImportFile[L], apply: Apply[L], *, practice_id: UUID, clock: Clock, refuse: Refuse, progress: Progress
) -> ImportSummary:
    if not await Practice.exists(id=practice_id):
        raise NotFound("There is no such practice.")
    summary, told, rest = ImportSummary(), 0, iter(file)
    with SeenIds() as seen:
        while batch := list(islice(rest, BATCH)):
            lines, refusals = _sifted(batch, seen)
            outcome = await _applied(apply, lines, now=clock.now())
            outcome.refusals += refusals
            summary.count(outcome)
            for refusal in sorted(outcome.refusals, key=lambda refusal: refusal.line):
                refuse(refusal.line, refusal.reason)
            progress(file.bytes_read - told)
            told = file.bytes_read
    progress(file.bytes_read - told)
    return summary


def _sifted(batch: Iterable[L | Refusal], seen: SeenIds) -> tuple[list[L], list[Refusal]]:
    """Part the lines that are fit for the database from the refused ones, among them those that say an id again."""
    lines, refusals = list[L](), list[Refusal]()
    for item in batch:
        if isinstance(item, Refusal):
            refusals.append(item)
        elif earlier := seen.earlier(item.external_id, line=item.line):
            refusals.append(Refusal(item.line, f"{item.external_id!r} is already on line {earlier} of this file."))
        else:
            lines.append(item)
    return lines, refusals


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
