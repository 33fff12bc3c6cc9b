"""What is wrong with a setting or an argument is told in one clear line, by an exit code, and without a traceback."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.database import connected, migrate
from models.practices import Practice, StaffMember
from tests.cli.tool import Outcome, Tool
from tests.conftest import StillClock
from tests.storage.scene import set_scene

NO_SERVER = "postgresql://postgres@127.0.0.1:1/practice"


def told(outcome: Outcome, *, code: int, line: str) -> None:
    """Fail unless the command ended with this code, said this in one line, and nothing else."""
    assert "Traceback" not in outcome.err, outcome.err
    assert len(outcome.err.splitlines()) == 1, outcome.err
    assert line in outcome.err
    assert (outcome.code, outcome.out) == (code, "")


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"PORT": "abc"}, "PORT: Input should be a valid integer"),
        (
            {"DATABASE_URL": "mysql://root@127.0.0.1/practice"},
            "DATABASE_URL: must be sqlite://PATH, a file, or postgresql://",
        ),
        ({"JWT_SECRET": None}, "JWT_SECRET must be set outside demo mode"),
        ({"JWT_SECRET": "too short"}, "JWT_SECRET: must have 32 characters or more"),
        ({"JWKS_URL": "http://login.example/keys"}, "JWKS_URL: must be https://"),
        ({"JWKS_URL": "https://login.example/keys"}, "JWT_ISSUER must be set with JWKS_URL"),
        ({"ALLOWED_ORIGINS": "https://app.example/page"}, "ALLOWED_ORIGINS: must be origins, such as"),
    ],
)
def test_a_wrong_setting(tool: Tool, settings: dict[str, str | None], line: str) -> None:
    """It is named, and nothing is made."""
    told(tool("migrate", **settings), code=2, line=line)
    assert not is_made(tool)


def test_documents_that_cannot_be_read(tool: Tool) -> None:
    """They are named before anything is made."""
    line = "TRUSTED_DOCUMENTS: /nowhere.json cannot be read as JSON"
    told(tool("serve", TRUSTED_DOCUMENTS="/nowhere.json"), code=2, line=line)
    assert not is_made(tool)


def is_made(tool: Tool) -> bool:
    """Tell whether a database was made, or the folder for it."""
    return Path(tool.settings["DATABASE_URL"].removeprefix("sqlite://")).parent.exists()


def test_several_wrong_settings(tool: Tool) -> None:
    """Each has its line; the secret itself is not shown."""
    outcome = tool("migrate", PORT="70000", JWT_SECRET="too short", DEMO_MODE="perhaps", LOG_LEVEL="loud")
    lines = sorted(line.split(":")[0] for line in outcome.err.splitlines())
    assert (outcome.code, outcome.out, lines) == (2, "", ["DEMO_MODE", "JWT_SECRET", "LOG_LEVEL", "PORT"])
    assert "too short" not in outcome.err


def test_a_server_that_cannot_be_reached(tool: Tool) -> None:
    """Nobody listens at that address."""
    told(tool("serve", DATABASE_URL=NO_SERVER), code=1, line="The database cannot be used (ConnectionRefusedError)")


def test_a_database_that_is_not_ready(tool: Tool, empty_postgres: str) -> None:
    """It does not exist, or has not been migrated."""
    missing = empty_postgres.replace("of_the_command_line", "nowhere")
    told(tool("migrate", DATABASE_URL=missing), code=1, line="Can't establish connection to database nowhere")
    line = "The database lacks 6 migration(s): run `session-tracker migrate`."
    told(tool("serve", DATABASE_URL=empty_postgres), code=1, line=line)


def test_a_folder_where_a_database_should_be(tool: Tool) -> None:
    """It cannot be opened."""
    told(tool("migrate", DATABASE_URL=f"sqlite://{tool.folder}"), code=1, line="is a folder: name a file in it.")


def test_a_file_that_is_no_database(tool: Tool) -> None:
    """It is left as it is."""
    other = tool.folder / "letter.txt"
    other.write_text("Dear practice, " * 100)
    told(tool("migrate", DATABASE_URL=f"sqlite://{other}"), code=1, line="file is not a database")
    assert other.read_text() == "Dear practice, " * 100


@pytest.mark.parametrize(
    ("command", "code", "line"),
    [
        (["practice", "create", " ", "--time-zone", "UTC"], 1, "This must not be empty."),
        (["practice", "create", "Lakeside", "--time-zone", "Mars/X"], 1, "is not the name of an IANA time zone"),
        (["staff", "create", " ", "ida@harbour.example", "--role", "STAFF"], 1, "This must not be empty."),
        (["staff", "create", "Ida", "nora@harbour.example", "--role", "STAFF"], 1, "has this email address"),
        (["staff", "list", "--practice", "Harbour"], 2, "'Harbour' is not the id of a practice"),
        (["token", "--email", "nora@harbour.example", "--role", "READ_ONLY"], 2, "Give either --email or --role."),
        (["token", "--role", "ADMIN"], 2, "has the role INTEGRATION or READ_ONLY"),
        (["token", "--role", "READ_ONLY", "--hours", "99999999999"], 2, "hours"),
    ],
)
def test_a_wrong_argument(misused_tool: Tool, command: list[str], code: int, line: str) -> None:
    """It is refused in words, and nobody is added."""
    told(misused_tool(*command), code=code, line=line)
    assert asyncio.run(population(misused_tool.settings["DATABASE_URL"])) == (1, 1)


def test_a_token_without_a_secret(misused_tool: Tool) -> None:
    """The tokens are then the issuer's."""
    issuer = {"JWKS_URL": "https://login.example/keys", "JWT_ISSUER": "https://login.example/"}
    outcome = misused_tool("token", "--email", "nora@harbour.example", JWT_SECRET=None, **issuer)
    told(outcome, code=2, line="Without JWT_SECRET the tokens are the issuer's: sign in there.")


async def population(url: str) -> tuple[int, int]:
    """Count the practices and the staff members."""
    async with connected(url):
        return await Practice.all().count(), await StaffMember.all().count()


@pytest.fixture
def misused_tool(tool: Tool) -> Tool:
    """Return the console script with one practice and one person."""
    asyncio.run(seed(tool.settings["DATABASE_URL"], "Harbour"))
    return tool


def test_with_two_practices_one_is_named(tool: Tool) -> None:
    """What can be meant of either is refused."""
    asyncio.run(seed(tool.settings["DATABASE_URL"], "Harbour", "Lakeside"))
    told(tool("staff", "list"), code=2, line="Name the practice with --practice: there is not exactly one.")
    assert [line.split("  ")[2] for line in tool.well("practice", "list")] == ["Harbour", "Lakeside"]


async def seed(url: str, *names: str) -> None:
    """Create a practice of each name, with Nora as its administrator."""
    async with connected(url):
        await migrate(url)
        for second, name in enumerate(names):
            await set_scene(StillClock(datetime(2026, 3, 4, 10, 0, second, tzinfo=UTC)), name=name)


@pytest.mark.parametrize("command", [["nonsense"], ["serve", "--port", "99999"], ["rollover", "--as-of", "soon"]])
def test_what_the_command_line_does_not_know(tool: Tool, command: list[str]) -> None:
    """It shows how to get help, with exit code 2."""
    outcome = tool(*command)
    assert (outcome.code, outcome.out) == (2, "")
    assert "--help" in outcome.err
    assert "Traceback" not in outcome.err
