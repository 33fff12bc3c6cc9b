"""The command that imports a practice's calendar."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from csv import writer
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from graph.cli.people import ACTOR, PracticeOption
from graph.cli.running import Exit, clock_of, err, fail, open_database, out, practice_named, run
from jobs.importing.files import Refuse, import_appointments, import_clients
from jobs.importing.formats import Format, open_appointments, open_clients
from jobs.importing.records import read_file
from jobs.importing.summary import ImportSummary
from models.settings import Settings

Step = Callable[..., Awaitable[ImportSummary]]
SHOWN_REFUSALS = 20


def import_calendar(
    clients: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A CSV file of clients; read first.")
    ] = None,
    appointments: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A CSV file of appointments.")
    ] = None,
    file_format: Annotated[
        Format, typer.Option("--format", help="native: the columns of docs/importing.md; synthea: Synthea's export.")
    ] = Format.NATIVE,
    refused: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write refused lines here, as CSV: file, line, reason.")
    ] = None,
    practice: PracticeOption = None,
) -> None:
    """Import clients and appointments from CSV files, by external id; a second run changes nothing.

    A bad line is refused with its number and the reason, and stops no other. Exit code 1 when lines were refused.
    """
    if clients is None and appointments is None:
        fail("Give --clients, --appointments or both.", Exit.MISUSED)

    async def work(settings: Settings) -> list[tuple[Path, ImportSummary]]:
        with ExitStack() as files:
            # Both headers are read before anything is written: a wrong file stops the whole import.
            steps: list[tuple[Path, Step]] = []
            if clients:
                pieces = read_file(path=clients)
                steps.append(
                    (clients, partial(import_clients, file=open_clients(pieces=pieces, file_format=file_format)))
                )
            if appointments:
                pieces = read_file(path=appointments)
                file = open_appointments(pieces=pieces, file_format=file_format)
                steps.append((appointments, partial(import_appointments, file=file)))
            report = Refusals(files, refused)
            async with open_database(settings):
                owner, clock = await practice_named(practice), await clock_of(settings)
                done = []
                for path, step in steps:
                    with bytes_bar(path) as progress:
                        summary = await step(
                            practice_id=owner.id,
                            actor=ACTOR,
                            clock=clock,
                            refuse=report.of(path),
                            progress=progress,
                        )
                    done.append((path, summary))
                return done

    done = run(work)
    for path, summary in done:
        out.print(
            f"{path.name}: {summary.lines} lines; {summary.created} created, {summary.updated} updated, "
            f"{summary.unchanged} unchanged, {summary.refused} refused",
            markup=False,
        )
    if any(summary.refused for _, summary in done):
        raise typer.Exit(Exit.FAILED)


class Refusals:
    """Tells refused lines: the first few on standard error, and all in the report, when one is asked for."""

    def __init__(self, files: ExitStack, report: Path | None) -> None:
        try:
            file = files.enter_context(report.open("w", newline="", encoding="utf-8")) if report else None
        except OSError as error:
            fail(f"The report of refused lines cannot be written: {error}")
        self._rows = writer(file) if file else None
        self._shown = 0
        if self._rows:
            self._rows.writerow(["file", "line", "reason"])

    def of(self, path: Path) -> Refuse:
        """Return what to call for each refused line of a file."""

        def refuse(line: int, reason: str) -> None:
            if self._rows:
                self._rows.writerow([path.name, line, reason])
            self._shown += 1
            if self._shown <= SHOWN_REFUSALS:
                err.print(f"{path.name}, line {line}: {reason}", markup=False)
            elif self._shown == SHOWN_REFUSALS + 1:
                err.print("More lines are refused: --refused FILE lists all.", markup=False)

        return refuse


@contextmanager
def bytes_bar(path: Path) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how far a file has been read; yield what to call with the number of bytes read since."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(path.name, total=path.stat().st_size)
        yield lambda read: bar.advance(task, read)
