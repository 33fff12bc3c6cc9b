"""A served demo practice for each test, and people at browsers; any fault in a window fails the test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chromium import ARGUMENTS, NoBrowserError, chromium
from tests.browser.visitor import Visitor
from tests.cli.tool import Tool
from tests.clients.practice import Practice

PATIENCE_MS = 15_000
Arrives = Callable[[], Visitor]

expect.set_options(timeout=PATIENCE_MS)
NOT_RUN = Path(__file__).parents[2] / ".venv" / "browser-tests-not-run"
"""Is said again at the end of `make test`, which is long."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the browser."""
    try:
        path = chromium()
    except NoBrowserError as error:
        pytest.skip(str(error))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with the demo practice in it, to be copied."""
    tool = Tool(tmp_path_factory.mktemp("seeded"))
    with tool.serving(until="curl", DEMO_MODE="true") as server:
        server.stop()
    return database_of(tool)


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    """Return the command line, with a database of its own."""
    return Tool(tmp_path)


@pytest.fixture
def practice(tool: Tool, seeded: Path) -> Iterator[Practice]:
    """Serve the demo practice, fresh."""
    database_of(tool).parent.mkdir(exist_ok=True)
    shutil.copy(seeded, database_of(tool))
    with closing(Practice(tool)) as served:
        yield served


@pytest.fixture
def address(practice: Practice) -> str:
    """Return where it is served."""
    return practice.address


@pytest.fixture
def arrives(browser: Browser, address: str) -> Iterator[Arrives]:
    """Return what brings another person to the practice."""
    with arriving(browser, address) as arrive:
        yield arrive


@contextmanager
def arriving(browser: Browser, address: str) -> Iterator[Arrives]:
    """Yield what brings people, each in a window of their own, far from the practice; nothing may be at fault."""
    visitors: list[Visitor] = []

    def arrive() -> Visitor:
        context = browser.new_context(locale="en-GB", timezone_id="America/New_York")
        context.set_default_timeout(PATIENCE_MS)
        visitors.append(Visitor(address, context))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        visitor.context.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []


@pytest.fixture
def visitor(arrives: Arrives) -> Visitor:
    """Return one person."""
    return arrives()


def database_of(tool: Tool) -> Path:
    """Return the file in which a command line keeps its practice."""
    return Path(tool.settings["DATABASE_URL"].removeprefix("sqlite://"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that the pages were not tested, where there was no browser."""
    NOT_RUN.unlink(missing_ok=True)
    if missed := terminalreporter.stats.get("skipped"):
        NOT_RUN.write_text(f"BROWSER TESTS NOT RUN: {len(missed)}, see above\n")
        terminalreporter.section("BROWSER TESTS NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(missed)} tests of the pages were not run: {missed[0].longrepr[2]}", red=True)
