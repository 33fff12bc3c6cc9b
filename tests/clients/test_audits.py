"""npm's graphql-http: its audits of GraphQL over HTTP, of what MUST, SHOULD and MAY be."""

from tests.clients.practice import Practice
from tests.clients.tools import read


def test_every_audit_is_passed(practice: Practice) -> None:
    """All 61."""
    told = read("audits.mjs", practice.address, practice.token)
    assert {name: what for name, what in told.items() if what != "ok"} == {}
    assert len(told) == 61
