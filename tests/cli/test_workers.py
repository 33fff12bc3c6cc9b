"""Several processes behind one address: how they start, replace each other, and end."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import asyncpg
import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.cli.tool import PATIENCE_SECONDS, Running, Tool

TWO: Final = ("--workers", "2")


def until(condition: Callable[[], bool]) -> None:
    """Wait for what nothing tells of."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def workers(server: Running) -> set[int]:
    """Return the ids of the processes that serve."""
    return {int(path.name) for path in Path("/proc").glob("[0-9]*") if is_worker(path, server.process.pid)}


def is_worker(process: Path, parent: int) -> bool:
    """Tell whether a process is a worker of that parent, and not dead."""
    try:
        state, its_parent = (process / "stat").read_text().rsplit(")", 1)[1].split()[:2]
        return int(its_parent) == parent and state != "Z" and b"--multiprocessing-fork" in command(process)
    except OSError:
        return False


def command(process: Path) -> bytes:
    """Return the command line of a process."""
    return (process / "cmdline").read_bytes()


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended."""
    return not is_alive(Path(f"/proc/{pid}"))


def is_alive(process: Path) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        return (process / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def token_of_somebody(tool: Tool) -> str:
    """Return a token of the only person of the only practice."""
    tool.well("practice", "create", "Harbour", "--time-zone", "Europe/Zurich")
    tool.well("staff", "create", "Nora Brandt", "nora@harbour.example", "--role", "ADMIN")
    return tool.well("token", "--email", "nora@harbour.example")[-1]


@contextmanager
def signed_in(server: Running, token: str) -> Iterator[ClientConnection]:
    """Hold a socket open that is acknowledged."""
    url = server.address.replace("http", "ws", 1) + "/graphql"
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}))
        assert json.loads(socket.recv(PATIENCE_SECONDS)) == {"type": "connection_ack"}
        yield socket


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        (
            {"DATABASE_URL": "sqlite://tracker.db"},
            "Several workers need PostgreSQL: set DATABASE_URL to postgresql://…",
        ),
        ({"REDIS_URL": None}, "Several workers need Redis, to tell each other of changes: set REDIS_URL."),
        (
            {"DEMO_MODE": "true"},
            "Several workers cannot share the clock of demo mode: unset DEMO_MODE, or serve with one.",
        ),
    ],
    ids=["sqlite", "no-redis", "demo"],
)
def test_several_workers_demand_what_they_need(tmp_path: Path, settings: dict[str, str | None], complaint: str) -> None:
    """In one line, with exit code 2, before anything is connected."""
    tool = Tool(tmp_path, DATABASE_URL="postgresql://127.0.0.1:1/nowhere", REDIS_URL="redis://127.0.0.1:1")
    outcome = tool("serve", *TWO, **settings)
    assert (outcome.code, outcome.out, outcome.err) == (2, "", complaint + "\n")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_all_are_drained_together(workshop: Tool, how: signal.Signals) -> None:
    """One line at the start, sockets closed with 1012, exit code 0, no process left, not a complaint."""
    with workshop.serving(*TWO) as server, ExitStack() as stack:
        assert len(server.welcome) == 1
        processes = workers(server)
        assert len(processes) == 2
        token = token_of_somebody(workshop)
        sockets = [stack.enter_context(signed_in(server, token)) for _ in range(4)]
        outcome = server.stop(how)
        assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
        for socket in sockets:
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(PATIENCE_SECONDS)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1012
        assert all(is_gone(process) for process in processes)


def test_one_that_dies_is_replaced(workshop: Tool) -> None:
    """While the other serves on."""
    with workshop.serving(*TWO) as server:
        first = workers(server)
        killed = min(first)
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(workers(server) - {killed}) == 2)
        assert httpx.get(f"{server.address}/readyz").text == "ready\n"
        outcome = server.stop()
        assert outcome.code == 0
        assert f"Process {killed} ended with -9; another takes its place." in outcome.err


def test_they_are_replaced_one_after_another_on_demand(workshop: Tool) -> None:
    """At SIGHUP; whoever asks meanwhile is answered."""
    with workshop.serving(*TWO) as server:
        first = workers(server)
        server.process.send_signal(signal.SIGHUP)
        while first & workers(server):
            assert httpx.get(f"{server.address}/livez").text == "alive\n"
        assert len(workers(server)) == 2
        outcome = server.stop()
        assert (outcome.code, outcome.err) == (0, "")


def test_two_demands_at_once_replace_them_one_after_another(workshop: Tool) -> None:
    """The second, which came while the first was met, is met after it."""
    with workshop.serving(*TWO) as server:
        first = workers(server)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: workers(server) > first)
        server.process.send_signal(signal.SIGHUP)
        until(settled(server, after=6))
        outcome = server.stop()
        assert (outcome.code, outcome.err) == (0, "")


def test_one_that_dies_while_its_successor_starts_has_no_other(workshop: Tool) -> None:
    """Here both die; the one whose turn had not come is replaced as ever."""
    with workshop.serving(*TWO) as server:
        first = workers(server)
        server.process.send_signal(signal.SIGHUP)
        until(lambda: workers(server) > first)
        for process in first:
            os.kill(process, signal.SIGKILL)
        until(lambda: not first & workers(server))
        server.process.send_signal(signal.SIGHUP)
        until(settled(server, after=6, seen=first))
        outcome = server.stop()
        assert outcome.code == 0
        assert sorted(line.partition(": ")[2] for line in outcome.err.splitlines()) == sorted(
            f"Process {process} ended with -9; another takes its place." for process in first
        )


def test_one_whose_successor_cannot_start_serves_on(workshop: Tool) -> None:
    """And is replaced when it dies, as ever."""
    url = workshop.settings["DATABASE_URL"]
    asyncio.run(let_connect(url, times=-1))
    with workshop.serving(*TWO, DATABASE_URL=url.replace("//postgres:", "//few:")) as server:
        first = workers(server)
        asyncio.run(let_connect(url, times=0))
        server.process.send_signal(signal.SIGHUP)
        until(lambda: "did not start: those before it go on." in Path(server.log.name).read_text())
        assert workers(server) == first
        asyncio.run(let_connect(url, times=-1))
        for process in first:
            os.kill(process, signal.SIGKILL)
        until(lambda: len(workers(server) - first) == 2)
        assert server.stop().code == 0


def settled(server: Running, *, after: int, seen: Iterable[int] = ()) -> Callable[[], bool]:
    """Tell whether two are left when so many have been seen in all; there are never more than three."""
    known = set(seen)

    def look() -> bool:
        now = workers(server)
        assert len(now) <= 3
        known.update(now)
        return len(known) == after and len(now) == 2

    return look


def test_they_end_with_who_started_them(workshop: Tool) -> None:
    """Though it was killed, and could tell them nothing."""
    with workshop.serving(*TWO) as server:
        processes = workers(server)
        server.stop(signal.SIGKILL)
        until(lambda: all(is_gone(process) for process in processes))


def test_one_that_cannot_start_ends_the_whole(workshop: Tool) -> None:
    """With exit code 1, instead of trying for ever: here the second finds no connection left."""
    url = workshop.settings["DATABASE_URL"]
    asyncio.run(let_connect(url, times=1))
    outcome = workshop("serve", *TWO, DATABASE_URL=url.replace("//postgres:", "//few:"), PORT="0")
    assert (outcome.code, outcome.out) == (1, "")
    assert 'too many connections for role "few"' in outcome.err


async def let_connect(url: str, *, times: int) -> None:
    """Have a role `few` that may connect so many times at once, or as often as it likes with -1."""
    connection = await asyncpg.connect(url)
    try:
        if not await connection.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = 'few'"):
            await connection.execute("CREATE ROLE few LOGIN")
        await connection.execute(f"ALTER ROLE few CONNECTION LIMIT {times}")
        await connection.execute("GRANT ALL ON SCHEMA public TO few")
        await connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO few")
    finally:
        await connection.close()
