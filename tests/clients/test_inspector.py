"""graphql-inspector: whether the schema breaks the clients of the last release."""

from pathlib import Path

import pytest

from tests.clients.player import FOLDER
from tests.clients.tools import SCHEMA, read

RELEASED = FOLDER / "released.graphql"
REVISION = '  """Grows with every visible change of the client."""'


def test_nothing_breaks_clients_of_the_last_release() -> None:
    """Where it must, what is removed is deprecated for a release first."""
    assert read("inspector.mjs", RELEASED, SCHEMA) == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (f"{REVISION}\n  revision: Int!\n", "", "Field 'revision' was removed from object type 'Client'"),
        ("  name: String!\n", "  name: String\n", "Field 'Client.name' changed type from 'String!' to 'String'"),
    ],
)
def test_what_would_break_them_is_found(tmp_path: Path, before: str, after: str, told: str) -> None:
    """A field that is gone, one that may be null."""
    head, start, rest = RELEASED.read_text().partition("type Client implements")
    assert before in rest
    changed = tmp_path / "changed.graphql"
    changed.write_text(head + start + rest.replace(before, after, 1))
    assert read("inspector.mjs", RELEASED, changed) == [told]
