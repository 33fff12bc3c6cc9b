"""The commands, one after the other, as a practice is set up and kept."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from models.database import connected, migrate
from models.trackers import ClosedPeriod
from tests.cli.tool import Tool
from tests.conftest import StillClock
from tests.storage.moving import announce
from tests.storage.scene import MARCH, set_scene
from tests.storage.test_migrations import ALL

ROOT = Path(__file__).parents[2]
COMMANDS = (
    "serve",
    "migrate",
    "rollover",
    "verify",
    "token",
    "schema",
    "permissions",
    "practice create",
    "practice list",
)
MIGRATED = [f"applied {name}" for name in ALL]


def ask(address: str, token: str, query: str) -> object:
    """Return what the server answers to a query."""
    headers = {"Authorization": f"Bearer {token}"}
    answer: object = httpx.post(f"{address}/graphql", json={"query": query}, headers=headers).json()
    return answer


@pytest.mark.parametrize("command", ["", *COMMANDS, "staff create", "staff list"])
def test_every_command_explains_itself(tool: Tool, command: str) -> None:
    """In words, with its options, and without needing any setting."""
    outcome = tool(*command.split(), "--help", JWT_SECRET=None, DATABASE_URL=None)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.lines[1].strip().startswith(f"Usage: session-tracker {command}".strip())
    assert "--help" in outcome.out
    if not command:
        assert all(name.split()[0] in outcome.out for name in COMMANDS)


def test_a_practice_is_set_up_and_served(either_tool: Tool) -> None:
    """From an empty database to an answered query: each command prints what the next one needs."""
    tool = either_tool
    assert tool.well("migrate") == MIGRATED
    assert tool.well("migrate") == ["nothing to apply"]
    (practice,) = tool.well("practice", "create", "Harbour & [Sons]", "--time-zone", "Europe/Zurich")
    assert tool.well("practice", "list") == [f"{UUID(practice)}  Europe/Zurich  Harbour & [Sons]"]
    (nora,) = tool.well("staff", "create", "Nora Brandt", "Nora@Harbour.example", "--role", "ADMIN")
    assert tool.well("staff", "list") == [f"{UUID(nora)}  ADMIN  nora@harbour.example  Nora Brandt"]
    (token,) = tool.well("token", "--email", "nora@harbour.example")
    (system,) = tool.well("token", "--role", "INTEGRATION", "--label", "calendar", "--practice", practice)
    with tool.serving() as server:
        asked = "{ practice { name timeZone } staff(first: 5) { nodes { name } } }"
        right = {"practice": {"name": "Harbour & [Sons]", "timeZone": "Europe/Zurich"}}
        assert ask(server.address, token, asked) == {"data": {**right, "staff": {"nodes": [{"name": "Nora Brandt"}]}}}
        assert ask(server.address, system, "{ practice { name } }") == {
            "data": {"practice": {"name": "Harbour & [Sons]"}}
        }
        assert httpx.get(f"{server.address}/readyz").text == "ready\n"
        ended = server.stop()
    assert ended.out == ""
    assert "Traceback" not in ended.err


def test_the_schema_is_the_one_on_file(tool: Tool) -> None:
    """Byte for byte, without any setting."""
    outcome = tool("schema", JWT_SECRET=None, DATABASE_URL=None)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (ROOT / "schema.graphql").read_text()


def test_the_permissions_are_those_on_file(tool: Tool) -> None:
    """Byte for byte, without any setting."""
    outcome = tool("permissions", JWT_SECRET=None, DATABASE_URL=None)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (ROOT / "docs" / "permissions.md").read_text()


def test_due_clients_are_rolled_over(tool: Tool) -> None:
    """A dry run tells and changes nothing; `--as-of` reads an instant with its offset; a second run finds nobody."""
    url = tool.settings["DATABASE_URL"]
    asyncio.run(seed(url))
    nothing = "settled 0 clients: 0 periods closed, 0 trackers expired, 0 tasks; 0 clients failed"
    one = "settled 1 clients: 1 periods closed, 1 trackers expired, 0 tasks; 0 clients failed"
    assert tool("rollover", "--as-of", "2026-03-31T23:59:59+02:00").lines == [nothing]
    midnight = ("--as-of", "2026-04-01T00:00:00+02:00")
    assert tool("rollover", *midnight, "--dry-run").lines == [one.replace("settled", "would settle", 1)]
    assert asyncio.run(closed(url)) == []
    done = tool("rollover", *midnight)
    assert (done.code, done.lines) == (0, [one])
    assert asyncio.run(closed(url)) == [1]


def test_a_rollover_that_goes_well_has_nothing_to_complain_of(tool: Tool) -> None:
    """It prints its one line and no more, so that cron has no error to send."""
    assert tool.well("rollover") == [
        "settled 0 clients: 0 periods closed, 0 trackers expired, 0 tasks; 0 clients failed"
    ]


def test_the_record_is_verified(tool: Tool) -> None:
    """Code 0 when nothing differs, 1 when something does, 0 again when it was repaired."""
    asyncio.run(seed(tool.settings["DATABASE_URL"], recent=True))
    sound = tool("verify")
    assert (sound.code, sound.out, sound.err.strip()) == (0, "", "0 differences")
    file = sqlite3.connect(tool.settings["DATABASE_URL"].removeprefix("sqlite://"))
    file.execute("UPDATE tracker SET used = 5 WHERE slot = 1")
    file.commit()
    told = tool("verify")
    assert (told.code, told.err.strip(), len(told.lines)) == (1, "1 differences", 1)
    assert "recorded {'used': 5" in told.out
    assert "right {'used': 1" in told.out
    repaired = tool("verify", "--repair")
    assert (repaired.code, repaired.lines, repaired.err.strip()) == (0, told.lines, "1 differences, repaired")
    assert file.execute("SELECT used FROM tracker WHERE slot = 1").fetchall() == [(1,)]
    file.close()


def test_a_practice_that_moves_tells_how_many_clients_are_to_follow(tool: Tool) -> None:
    """Until a rollover, which is no different from any other, has moved them."""
    asyncio.run(seed(tool.settings["DATABASE_URL"], recent=True, zone="America/New_York"))
    (line,) = tool.well("practice", "list")
    assert line.split("  ")[1:] == ["America/New_York", "Harbour (1 clients to move)"]
    one = "settled 1 clients: 0 periods closed, 0 trackers expired, 0 tasks; 0 clients failed"
    assert tool.well("rollover", "--dry-run") == [one.replace("settled", "would settle", 1)]
    assert tool.well("rollover") == [one]
    assert tool.well("practice", "list") == [line.removesuffix(" (1 clients to move)")]
    assert tool("verify").err.strip() == "0 differences"


def test_a_client_that_cannot_be_settled_is_told_by_the_exit_code(tool: Tool) -> None:
    """The line that sums up counts it, and its id follows."""
    client_id = asyncio.run(seed(tool.settings["DATABASE_URL"]))
    file = sqlite3.connect(tool.settings["DATABASE_URL"].removeprefix("sqlite://"))
    file.execute("UPDATE practice SET time_zone = 'Mars/Olympus'")
    file.commit()
    file.close()
    outcome = tool("rollover", "--as-of", "2026-04-01T00:00:00+02:00")
    assert outcome.code == 1
    assert outcome.lines == ["settled 0 clients: 0 periods closed, 0 trackers expired, 0 tasks; 1 clients failed"]
    assert f"Not settled:\n  client {client_id}" in outcome.err
    assert "Traceback" not in outcome.err


async def seed(url: str, *, recent: bool = False, zone: str | None = None) -> UUID:
    """Set two trackers that end on 31 March 2026, or `recent` ones that run on, and complete one session in them.

    At last the practice moves to the time `zone`, where one is given.
    """
    now = datetime.now(UTC) if recent else datetime(2026, 3, 4, 10, tzinfo=UTC)
    begin = now.date() - timedelta(days=3)
    recent_settings = replace(MARCH, begin_date=begin, end_date=None, auto_reset=False)
    async with connected(url):
        await migrate(url)
        scene = await set_scene(StillClock(now))
        client = await scene.client()
        await scene.tracker(client.id, recent_settings if recent else MARCH)
        await scene.tracker(client.id, recent_settings if recent else replace(MARCH, auto_reset=False))
        await scene.appointment(client.id, day=-1, completed=True)
        if zone:
            await announce(scene, zone)
        return client.id


async def closed(url: str) -> list[int]:
    """Return the numbers of the periods that are closed."""
    async with connected(url):
        return [period.number for period in await ClosedPeriod.all()]
