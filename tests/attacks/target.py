"""A server in a process of its own, on the demo practice, and what can be seen of it from outside."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from tests.cli.tool import PATIENCE_SECONDS, Running, Tool

ADMIN: Final = "nora.brandt@harbour.example"
ROOM: Final = {
    "OPERATIONS_PER_SECOND": "100000",
    "SOCKETS_PER_VIEWER": "10000",
    "SOCKETS_PER_ADDRESS": "10000",
}
"""An attack is of many: what one viewer and one address may do is tried elsewhere."""

SAID: Final = re.compile(r"Traceback|\bERROR\b|\bFault\b|never retrieved|never awaited|was destroyed|ResourceWarning")
IDS: Final = """{
  viewer { staffMember { id } practice { id } } staff { nodes { id } }
  clients(first: 20) { nodes { id name trackers { id } appointments(first: 3) { nodes { id } } } }
}"""


@dataclass(frozen=True)
class Target:
    """The server, and a token of its administrator."""

    running: Running
    token: str
    http: httpx.Client = field(repr=False)

    @property
    def address(self) -> str:
        """Where it answers GraphQL."""
        return f"{self.running.address}/graphql"

    @property
    def headers(self) -> dict[str, str]:
        """What signs its administrator in."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def memory(self) -> int:
        """How many bytes of memory the process has for itself."""
        text = Path(f"/proc/{self.running.process.pid}/smaps_rollup").read_text()
        return sum(int(found) for found in re.findall(r"^Private_\w+: +(\d+) kB", text, re.MULTILINE)) * 1024

    @property
    def open_files(self) -> int:
        """How many files and connections the process holds open."""
        return len(os.listdir(f"/proc/{self.running.process.pid}/fd"))

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """Return the data of an answer without errors."""
        body = {"query": query, "variables": variables}
        answer = self.http.post(self.address, json=body, headers=self.headers).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    def ids(self) -> list[str]:
        """Return ids of things of each kind."""
        return re.findall(r"'id': '([^']+)'", str(self.ask(IDS)))

    def complaints(self) -> list[str]:
        """Return the lines of its log that tell of a fault."""
        self.running.log.flush()
        return [line for line in Path(self.running.log.name).read_text().splitlines() if SAID.search(line)]

    def assert_unhurt(self) -> None:
        """Expect that it answers, and that its log tells of no fault."""
        assert self.ask("{ viewer { role } }") == {"viewer": {"role": "ADMIN"}}
        assert self.complaints() == []


@contextmanager
def attacked(folder: Path, **settings: str) -> Iterator[Target]:
    """Serve the demo practice for the time of the block, and expect in the end that it is unhurt."""
    tool = Tool(folder, DEMO_MODE="true", METRICS="true", PYTHONWARNINGS="default::ResourceWarning", **ROOM, **settings)
    tool.well("migrate")
    with tool.serving() as running, httpx.Client(timeout=PATIENCE_SECONDS) as http:
        (token,) = tool.well("token", "--email", ADMIN)
        target = Target(running, token, http)
        target.assert_unhurt()
        yield target
        target.assert_unhurt()
