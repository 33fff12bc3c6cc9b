"""The report of a run, in Markdown."""

from collections.abc import Callable, Sequence

from bench.machine import machine, own_versions
from bench.night.completions import Answers, Completions
from bench.night.dialogs import Push
from bench.night.imports import Import
from bench.night.measure import Night
from bench.night.results import Results, spread, workloads
from bench.night.sizes import Sizes
from bench.report import markdown
from bench.spread import percentile

HOW = """## How it is measured

Twenty practices are due at one midnight, at New Year: of ten clients, with two trackers and six sessions each, five
have two resets, two a reset and an expiry, one these with tasks, and two have trackers that run on and a session that
was completed in advance. On PostgreSQL the first 5,000 trackers are settled as of the day before, and the others are
copies of them with keys of their own. Each night is measured on a fresh copy of the filled database, which is analyzed
and has written its checkpoint. Figures are medians of the nights, with the least and the most in brackets; a ratio is
one of medians.

- **Measured** is a pass of the worker, in a process of its own, from its signal until all is committed. Everybody must
  be settled; of a night of 10,000 trackers or less, every count is taken anew afterwards and compared.
- **The floor** is one UPDATE of all trackers, of the columns that settling writes, in a copy of the table with its
  indexes, in the same database, just before. Where one thing is held against another, it is the other.
- **The same rows, written bare**, is what this PostgreSQL can do at all for the rows that the night has written: closed
  periods, trackers, tasks, clients, history and hints, written again by one INSERT ... SELECT and one UPDATE ... FROM
  for each table, into copies of the tables as they were before, with their indexes and foreign keys. Nothing is read,
  decided or locked there, and there is one commit for each statement.
- **Processor time** is the kernel's: of the workers' processes, and of all processes of the database server. Two
  workers can gain only what one worker and its database leave of the machine's {cores} cores.
- **Memory** is the most that a worker's process has held.
- **The import** is `session-tracker import` from its start to its end: a file of a year of sessions in the order of
  their days, 20 for each client with two trackers, all in one practice. Its floor is a binary COPY of the appointments
  that it has booked into a copy of the table, and one statement that counts the completed ones in each tracker's span.
- **Completions** come over HTTP to `session-tracker serve` with `WORKER=false`, beside a worker in a process of its
  own, with Valkey between: {per_second} a second, of clients taken at random, who are due when the night begins; fifty
  would keep the server's one process busy for most of its time. Each is sent when its time has come, whether or not
  those before are answered, and timed from then. Idle is the same, before the night; connections are those of the
  server and of the worker.
- **Dialogs at midnight**, each of another client, are held open on one server over sockets, beside a worker in a
  process of its own, with Valkey between, by clocks at which it is soon midnight; then the tracker of each expires.
  The commit of a chunk is noted by PostgreSQL, its end is the last frame of a dialog of that chunk.
"""
IMPORT = ["microseconds per appointment", "measured", "COPY and count", "the same rows, written bare"]
COMPLETIONS = [
    "milliseconds",
    "completions",
    "p50",
    "p99",
    "most",
    "errors",
    "connections open",
    "of these at work at once",
]
COSTS = ["microseconds per tracker", "workers", "measured", "bare UPDATE", "the same rows, written bare"]
PROCESSOR = ["processor, workers", "processor, database", "cores in use"]


def report(results: Results, sizes: Sizes, *, cores: int) -> str:
    """Return the whole report."""
    nights = ", ".join(f"{rounds} of {trackers:,} trackers" for trackers, rounds in sizes.nights.items())
    parts = [
        "# Nightly: the benchmark",
        f"Made by `make bench-nightly`. Nights: {nights}.",
        f"{machine()}. The machine is shared: compare within a run, not between runs.",
        own_versions() + ".",
        "![Seconds of a night against its trackers](nightly.svg)",
        _goals(results),
        "## What a tracker costs\n\n" + _costs(results),
        *(["## The import\n\n" + _import(results.imported)] if results.imported else ()),
        *(["## Completions during a night\n\n" + _completions(results.completions)] if results.completions else ()),
        *(["## Dialogs at midnight\n\n" + _pushed(results.pushed)] if results.pushed else ()),
        HOW.format(cores=cores, per_second=sizes.per_second).rstrip(),
    ]
    return "\n\n".join(parts) + "\n"


def _goals(results: Results) -> str:
    rows = [["workload", "unit", "measured", "floor", "ratio", "goals"]]
    for workload in workloads(results):
        goals = "; ".join(f"{goal}: {'yes' if reached else '**no**'}" for goal, reached in workload.goals)
        rows.append([workload.title, workload.unit, workload.measured, workload.floor, workload.ratio, goals])
    return markdown(rows)


def _costs(results: Results) -> str:
    rows = [[*COSTS, "measured / the same rows", *PROCESSOR]]
    of_postgres = [*results.alone.values(), *results.together.values()]
    rows += [_cost(f"{nights[0].trackers:,}, PostgreSQL", nights) for nights in of_postgres]
    if results.sqlite:
        rows.append(_cost(f"{results.sqlite[0].trackers:,}, SQLite", results.sqlite))
    return markdown(rows)


def _cost(name: str, nights: Sequence[Night]) -> list[str]:
    def middle(figure: Callable[[Night], float]) -> float:
        return spread(nights, lambda night: night.microseconds_each(figure(night))).middle

    seconds, floor = middle(lambda night: night.seconds), middle(lambda night: night.floor)
    same_rows = middle(lambda night: night.same_rows or 0)
    workers, server = middle(lambda night: night.worker_processor), middle(lambda night: night.server_processor or 0)
    ratio = f"{seconds / same_rows:.1f}" if same_rows else ""
    figures = [f"{figure:.0f}" if figure else "" for figure in (seconds, floor, same_rows, workers, server)]
    in_use = f"{(workers + server) / seconds:.1f}"
    return [name, str(nights[0].workers), *figures[:3], ratio, *figures[3:], in_use]


def _import(made: Import) -> str:
    figures = [made.seconds, made.floor, made.same_rows, made.own_processor, made.server_processor]
    told = [f"{figure / made.appointments * 1e6:.0f}" for figure in figures]
    return markdown([[*IMPORT, "processor, command", "processor, database"], [f"{made.appointments:,}", *told]])


def _completions(made: Completions) -> str:
    rows = [_answers("idle", made.idle), _answers(f"during the night of {made.seconds:.0f} s", made.night)]
    return markdown([COMPLETIONS, *rows])


def _pushed(made: Push) -> str:
    figures = [made.median, made.worst, made.whole]
    told = [f"{figure:.2f}" for figure in figures]
    heads = [
        "seconds, of",
        "chunks",
        "a chunk's commit to its last frame",
        "the slowest chunk",
        "first commit to last frame",
    ]
    return markdown([heads, [f"{made.dialogs:,} dialogs", str(made.chunks), *told]])


def _answers(name: str, answers: Answers) -> list[str]:
    times, seen = answers.milliseconds, answers.connections
    figures = [percentile(times, 50), percentile(times, 99), max(times)]
    told = [f"{figure:.0f}" for figure in figures]
    return [name, f"{len(times):,}", *told, str(len(answers.errors)), str(seen.open), str(seen.at_work)]
