"""A served demo practice for each test, and people at browsers; any fault in a window fails the test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import ARGUMENTS, NoBrowserError, chromium
from tests.browser.visitor import Visitor
from tests.cli.tool import Tool

PATIENCE_MS = 15_000
Arrives = Callable[[], Visitor]


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


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Serve the demo practice, fresh, and yield where."""
    with Tool(tmp_path).serving(until="curl", DEMO_MODE="true") as server:
        yield server.address


@pytest.fixture
def arrives(browser: Browser, address: str) -> Iterator[Arrives]:
    """Return what brings another person to the practice, each in a window of their own, far from its time zone."""
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly that the pages were not tested, where there was no browser."""
    if missed := terminalreporter.stats.get("skipped"):
        terminalreporter.section("BROWSER TESTS NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(missed)} tests of the pages were not run: {missed[0].longrepr[2]}", red=True)
