"""The front desk of a served practice without a browser: what happens there, windows have to show by themselves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx

from tests.clients.practice import Practice

INPUTS: Final = {"completeAppointment": "AppointmentIdInput", "deleteAppointment": "AppointmentIdInput"}


@dataclass(frozen=True)
class Desk:
    """Asks and changes over HTTP, as the administrator."""

    http: httpx.Client

    def asks(self, query: str, **variables: object) -> dict[str, Any]:
        """Return the data of an operation."""
        answer = self.http.post("/graphql", json={"query": query, "variables": variables}).json()
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    def does(self, mutation: str, selection: str, **fields: object) -> dict[str, Any]:
        """Run a mutation, which must succeed; return its payload."""
        kind = INPUTS.get(mutation, f"{mutation[0].upper()}{mutation[1:]}Input")
        text = f"mutation ($input: {kind}!) {{ {mutation}(input: $input) {{ {selection} errors {{ code message }} }} }}"
        payload: dict[str, Any] = self.asks(text, input=fields)[mutation]
        assert payload["errors"] == []
        return payload

    def today(self) -> str:
        """Return the practice's day."""
        day: str = self.asks("{ practice { today } }")["practice"]["today"]
        return day

    def client(self, name: str) -> str:
        """Add a client and return the id."""
        client: str = self.does("createClient", "client { id }", name=name)["client"]["id"]
        return client

    def session(self, client: str) -> str:
        """Book a session today, and return the id."""
        times = {"startsAt": f"{self.today()}T10:00:00Z", "endsAt": f"{self.today()}T10:45:00Z"}
        booked = self.does("scheduleAppointment", "appointment { id }", clientId=client, **times)
        appointment: str = booked["appointment"]["id"]
        return appointment


@contextmanager
def at_desk(practice: Practice) -> Iterator[Desk]:
    """Yield the front desk of a practice."""
    headers = {"Authorization": f"Bearer {practice.token}"}
    with httpx.Client(base_url=practice.address, headers=headers, timeout=30) as http:
        yield Desk(http)
