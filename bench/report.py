"""The report of a run, in Markdown."""

from collections.abc import Iterable, Sequence

from bench.hops import Probe
from bench.machine import machine, versions
from bench.results import Results, Workload, workloads
from bench.sizes import Sizes
from bench.spread import Spread, percentile

HOW = """## How it is measured

Server and load client are processes of their own; only one server is active at a time, and the rounds take them in
turn. All dialogs are sockets of one client process (picows), which speaks graphql-transport-ws and sends the same
document to all; the same practice in one PostgreSQL serves all. Figures are medians of the rounds, with the least and
the most in brackets; a ratio is one of medians.

- **The clock starts when there is something to push.** For Session Tracker that is the commit, as PostgreSQL itself
  noted it (`track_commit_timestamp`): the request, its token and its transaction came before, but reading the outbox,
  the bus, the fresh read of the banner and the checks of access are in. For the peers and the raw socket it is the
  moment at which their handler starts to publish what it holds in memory. It ends with the last frame at the client.
  The second table gives two other clocks too: one that starts when the client sends the request, with the whole
  mutation in it, and one that starts with the first frame received, with the fan-out alone in it.
- **One event to many dialogs** is a train: each event follows when all dialogs have the one before; afterwards all
  dialogs must show the same banner. The peers get it as an object that is ready and execute the document for each
  subscriber, as the library does; the raw socket sends the very bytes that Session Tracker sent.
- **A change of many clients** is for Session Tracker one transaction of another process, which completes or reopens a
  session of each, settles them all and relays the hints.
  For the peers it is an event for each client, upon which they read that client from the same database by `pg` with a
  pool of 10, three prepared statements a banner.
- **Connecting** is TCP, upgrade, connection_init with a token, subscribe, first banner from the database; {at_once}
  at once.
- **Memory** is what the server's resident memory grew by, after a warm-up, for each dialog; the dialogs are spread over
  {dialogs:,} clients, the server is fresh for each round, of which there are 3 at most.
"""
HOPS = """## From a commit in one process to the socket of another

Two processes of Session Tracker on one PostgreSQL and one Valkey; the completion goes to the first, the dialog is open
on the second. The parts are measured on the same path at the same time: *relay and hop*, from the commit until a
listener beside the servers hears the hint (a bare Redis message takes the share in brackets); *read*, the banner read
by the same code in a third process; *frame*, half of a ping and its pong on the dialog's own socket. The goal is a p99
of the whole within 1.5 of the sum of the parts' p99. Milliseconds; {probes:,} completions each.
"""


def report(results: Results, sizes: Sizes) -> str:
    """Return the whole report."""
    compared = workloads(results)
    parts = [
        "# Live: the benchmark",
        f"Made by `make bench-live`. Rounds: {sizes.rounds}; events in a train: {sizes.events}.",
        f"{machine()}. The machine is shared: compare within a run, not between runs.",
        versions() + ".",
        "![The same figures as bars](live.svg)",
        _table(compared),
        "## Three clocks\n\n" + _clocks(results),
        HOW.format(at_once=sizes.at_once, dialogs=sizes.dialogs).rstrip(),
    ]
    if results.idle:
        probes = sum(len(hops.probes) for hops in results.idle)
        parts += [HOPS.format(probes=probes).rstrip(), _hops(results, sizes)]
    return "\n\n".join(parts) + "\n"


def _table(compared: Sequence[Workload]) -> str:
    names = list(compared[0].figures)
    rows = [["workload", "unit", *names, "of raw", "of the best peer", "goals"]]
    for workload in compared:
        digits = 1 if workload.unit == "kB" else 0
        figures = [workload.figures[name].told(digits) if name in workload.figures else "" for name in names]
        goals = "; ".join(f"{goal}: {'yes' if reached else '**no**'}" for goal, reached in workload.goals)
        to_raw = "" if workload.to_raw is None else f"{workload.to_raw:.2f}"
        rows.append([workload.title, workload.unit, *figures, to_raw, f"{workload.to_best_peer:.2f}", goals])
    return markdown(rows)


def _clocks(results: Results) -> str:
    rows = [["deliveries/s, of a train to", "server", "from the event", "from the request", "from the first frame"]]
    for wanted, by_contender in results.trains.items():
        for name, trains in by_contender.items():
            clocks = (
                Spread.of(train.deliveries / seconds for train, seconds in zip(trains, clock, strict=True))
                for clock in (
                    [train.from_event for train in trains],
                    [train.from_request for train in trains],
                    [train.from_first_frame for train in trains],
                )
            )
            rows.append([f"{wanted:,} dialogs", name, *(clock.told() for clock in clocks)])
    return markdown(rows)


def _hops(results: Results, sizes: Sizes) -> str:
    rows = [["load", "percentile", "whole", "relay and hop", "read", "frame", "sum of parts", "whole / sum", "goal"]]
    for rounds in (results.idle, results.loaded):
        probes = [probe for hops in rounds for probe in hops.probes]
        rate = Spread.of(hops.per_second for hops in rounds).middle
        load = "idle" if rounds is results.idle else f"{rate:,.0f} completions/s of {sizes.completions:,} wanted"
        rows += [_row(load, probes, percent) for percent in (50, 99)]
    return markdown(rows)


def _row(load: str, probes: Sequence[Probe], percent: int) -> list[str]:
    def at(values: Iterable[int]) -> float:
        return percentile([value / 1e6 for value in values], percent)

    whole, heard = at(probe.whole for probe in probes), at(probe.heard for probe in probes)
    read, frame = at(probe.read for probe in probes), at(probe.frame for probe in probes)
    ratio = whole / (heard + read + frame)
    hop = at(probe.hop for probe in probes)
    goal = "" if percent != 99 else f"≤ 1.5: {'yes' if ratio <= 1.5 else '**no**'}"
    figures = [f"{whole:.1f}", f"{heard:.1f} ({hop:.1f})", f"{read:.1f}", f"{frame:.1f}", f"{heard + read + frame:.1f}"]
    return [load, f"p{percent}", *figures, f"{ratio:.2f}", goal]


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return a table; the first row is its head."""
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
