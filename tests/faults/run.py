"""The command line of the harness: `python -m tests.faults.run`."""

import asyncio
import shutil
import signal
import statistics
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from tests.faults.installation import Installation, installed
from tests.faults.night import night
from tests.faults.plan import make_plan
from tests.faults.trial import Outcome, Trial

TOLD: Final = 6
"""How many of the differences of a night are told."""


def main(
    seed: Annotated[int, typer.Option(help="The first seed.")] = 1,
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds, one after the other.")] = 1,
    dialogs: Annotated[int, typer.Option(min=1, help="How many dialogs are open.")] = 300,
    bound: Annotated[float, typer.Option(help="Within how many seconds of a heal all is right.")] = 2.0,
    clients: Annotated[int, typer.Option(min=1, help="How many clients are due in a night.")] = 3000,
) -> None:
    """Kill and restart every part at random moments; exit code 1 when anything that must hold did not.

    First a night for every tenth seed, then days.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="faults"))
    failed = nights(folder, range(seed, seed + seeds, 10), clients=clients)
    failed += days(folder, range(seed, seed + seeds), dialogs=dialogs, bound=bound)
    if failed:
        typer.echo(f"Failed: {', '.join(failed)}")
        raise typer.Exit(1)
    shutil.rmtree(folder)


def nights(folder: Path, seeds: Sequence[int], *, clients: int) -> list[str]:
    """Go through a night under each seed; return those that went wrong."""
    failed = []
    with night(folder) as installation:
        for number in seeds:
            begun = time.monotonic()
            wrong = asyncio.run(installation.get_through(number, clients=clients))
            typer.echo(
                f"night {number}: {'WRONG' if wrong else 'right'} in {time.monotonic() - begun:.1f} s; "
                f"{clients} clients, {told(installation.broken)}"
            )
            if wrong:
                failed.append(f"night {number}")
                typer.echo("\n".join([*wrong[:TOLD], *(worker.tail() for worker in installation.workers)]))
    return failed


def days(folder: Path, seeds: Sequence[int], *, dialogs: int, bound: float) -> list[str]:
    """Go through a day under each seed; return those that went wrong."""
    catch_ups: list[float] = []
    failed = []
    with installed(folder) as installation:
        for number in seeds:
            begun = time.monotonic()
            outcome = attempt(installation, number, dialogs=dialogs, bound=bound)
            typer.echo(line(number, outcome, seconds=time.monotonic() - begun))
            catch_ups += outcome.catch_ups
            if outcome.wrong:
                failed.append(f"seed {number}")
                typer.echo(report(installation, number, outcome, dialogs=dialogs))
                installation.start()
    typer.echo(f"{len(seeds) - len(failed)} of {len(seeds)} seeds passed; caught up after {spread(catch_ups)}.")
    return failed


def attempt(installation: Installation, seed: int, *, dialogs: int, bound: float) -> Outcome:
    """Carry out the plan of one seed."""
    trial = Trial(installation, make_plan(seed, dialogs=dialogs), bound=bound)
    try:
        asyncio.run(trial.run())
    except Exception:
        trial.outcome.wrong.append(traceback.format_exc())
    return trial.outcome


def told(counted: Counter[str]) -> str:
    """Return what happened how often."""
    return ", ".join(f"{what} {many}" for what, many in sorted(counted.items()))


def line(seed: int, outcome: Outcome, *, seconds: float) -> str:
    """Return a seed's line."""
    codes = told(outcome.codes)
    return (
        f"seed {seed}: {'WRONG' if outcome.wrong else 'right'} in {seconds:.1f} s; {outcome.done} deeds, "
        f"{outcome.events} events, caught up after {spread(outcome.catch_ups)}" + (f" ({codes})" if codes else "")
    )


def spread(seconds: list[float]) -> str:
    """Return median and maximum."""
    return f"{statistics.median(seconds):.2f} s, at most {max(seconds):.2f} s" if seconds else "no heal"


def report(installation: Installation, seed: int, outcome: Outcome, *, dialogs: int) -> str:
    """Return what was wrong, the plan, the ends of the servers' logs, and how to see it again."""
    plan = make_plan(seed, dialogs=dialogs)
    return "\n".join([*outcome.wrong, str(plan), installation.tails(), f"Again: {command(seed, dialogs=dialogs)}"])


def command(seed: int, *, dialogs: int) -> str:
    """Return the command that carries out the plan of a seed."""
    return f'make faults SEED={seed} ARGS="--dialogs {dialogs}"'


if __name__ == "__main__":
    typer.run(main)
