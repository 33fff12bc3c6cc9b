"""Commands that keep the data right: migrate, rollover, verify."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from graph.cli.running import Exit, clock_of, err, fail, open_database, out, progress_bar, run
from graph.garbage import look_for_garbage_less_often
from jobs.rollover import Rollover, count_due, roll_over
from jobs.verification import verify as verify_clients
from models.clients import Client
from models.database import connected
from models.database import migrate as migrate_database
from models.set_aside import those_set_aside
from models.settings import Settings


def migrate() -> None:
    """Bring the database's schema up to date. Safe to run again, and by several processes at once."""

    async def work(settings: Settings) -> None:
        applied = []

        def note(event: str, _app: str, name: str) -> None:
            if event == "apply_done":
                applied.append(name)

        async with connected(settings.database_url):
            await migrate_database(settings.database_url, progress=note)
        out.print("\n".join(f"applied {name}" for name in applied) or "nothing to apply")

    run(work)


def rollover(
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="INSTANT", help="As of this instant, such as 2026-03-31T22:00:00Z; a later one with --dry-run only."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; tell what would happen.")] = False,
) -> None:
    """Settle every client that is due: close periods, reset, expire, create tasks.

    The server does this by itself; run it by hand or from cron where no server runs. Exit code 1 when a client could
    not be settled; the others are.
    """

    async def work(settings: Settings) -> Rollover:
        async with open_database(settings):
            now = _instant(as_of, now=(await clock_of(settings)).now(), dry_run=dry_run)
            look_for_garbage_less_often()
            with progress_bar() as bar:
                task = bar.add_task("Settling", total=await count_due(now=now))
                return await roll_over(now=now, dry_run=dry_run, progress=lambda clients: bar.advance(task, clients))

    done = run(work)
    out.print(
        f"{'would settle' if dry_run else 'settled'} {done.clients} clients: {done.periods_closed} periods closed, "
        f"{done.expired} trackers expired, {done.tasks} tasks; {len(done.failures)} clients failed"
    )
    if done.failures:
        fail("Not settled:\n" + "\n".join(f"  client {client_id}" for client_id in done.failures))


def _instant(text: str | None, *, now: datetime, dry_run: bool) -> datetime:
    if text is None:
        return now
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise typer.BadParameter(
            f"an instant has its offset, such as 2026-03-31T22:00:00Z: {text!r}", param_hint="--as-of"
        )
    if instant > now and not dry_run:
        fail(
            "--as-of lies after now: only a --dry-run can look ahead, what it settles would not have happened.",
            Exit.MISUSED,
        )
    return instant.astimezone(UTC)


def verify(
    repair: Annotated[bool, typer.Option("--repair", help="Settle the clients that differ.")] = False,
) -> None:
    """Recount every tracker from the appointments and tell where the record differs.

    Exit code 0 when nothing differs, or all was repaired; 1 otherwise, also when a client cannot be settled.
    """

    async def work(settings: Settings) -> tuple[int, int]:
        found = 0
        async with open_database(settings):
            now = (await clock_of(settings)).now()
            with progress_bar() as bar:
                task = bar.add_task("Recounting", total=await Client.all().count())
                async for clients, differences in verify_clients(now=now, repair=repair):
                    bar.advance(task, clients)
                    found += len(differences)
                    for each in differences:
                        out.print(
                            f"client {each.client_id}, {each.what} of {each.subject_id}: "
                            f"recorded {each.recorded}, right {each.right}",
                            markup=False,
                        )
            broken = await those_set_aside(now=now)
            for row in broken:
                out.print(
                    f"client {row.client_id} cannot be settled since {row.since:%Y-%m-%d %H:%M} UTC "
                    f"({row.failures} attempts): {row.reason}",
                    markup=False,
                )
        return found, len(broken)

    found, broken = run(work)
    err.print(f"{found} differences" + (", repaired" if found and repair else ""))
    if broken or (found and not repair):
        raise typer.Exit(Exit.FAILED)
