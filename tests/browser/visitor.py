"""Somebody at a browser: a window of their own, and a note of everything that should not happen in it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, expect

AXE: Final = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OWN_SCHEMES: Final = ("data:", "blob:")
WATCH_POLICY: Final = """document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`policy: ${event.violatedDirective} forbids ${event.blockedURI}`));"""


@dataclass
class Visitor:
    """Sees a served practice; `faults` must be empty in the end, but for what a test `expects`."""

    address: str
    context: BrowserContext
    page: Page = field(init=False)
    faults: list[str] = field(default_factory=list)
    expects: str | None = None

    def __post_init__(self) -> None:
        self.context.add_init_script(WATCH_POLICY)
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._request)

    def goes_to(self, path: str = "/") -> Page:
        """Open an address of the practice."""
        self.page.goto(f"{self.address}{path}")
        return self.page

    def opens(self, client: str) -> Page:
        """Open the dialog of today's appointment of a client, and wait until it is live."""
        self.goes_to()
        self.opens_row(client)
        self.is_live()
        return self.page

    def opens_row(self, client: str) -> None:
        """Open the dialog of the appointment of a client on the day that is shown."""
        self.page.get_by_role("listitem").filter(has_text=client).get_by_role("link").click()
        expect(self.page.get_by_role("dialog", name=client)).to_be_visible()

    def is_live(self) -> None:
        """Wait until what is shown is live."""
        expect(self.page.get_by_text("Live", exact=True)).to_be_visible()

    def finds_nothing(self) -> None:
        """Look at what is shown with axe: it must have nothing to say."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: dict[str, Any] = self.page.evaluate(
            "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } })", list(RULES)
        )
        faults = [(each["id"], node) for each in found["violations"] for node in each["nodes"]]
        told = [f"{rule}: {node['html']} {node['failureSummary']}" for rule, node in faults]
        assert told == []

    def _console(self, message: ConsoleMessage) -> None:
        is_expected = self.expects is not None and self.expects in message.text
        if message.type in {"error", "warning"} and not is_expected:
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address, *OWN_SCHEMES)):
            self.faults.append(f"foreign request: {request.url}")
