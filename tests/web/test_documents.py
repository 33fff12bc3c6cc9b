"""What the page asks for is written beside it when it is built, and is what the server answers."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

import orjson
import pytest

from graph.limits.documents import documents_of
from graph.pages.site import DOCUMENTS, STATIC
from graph.schema import make_schema
from models.limits import LimitSettings
from web import build

NEEDS_THE_DEMO: Final = "AdvanceClock"


@pytest.fixture(scope="module")
def texts() -> Mapping[str, str]:
    """Return what was built."""
    assert build.main() == 0
    written: dict[str, str] = orjson.loads((STATIC / DOCUMENTS).read_bytes())
    return written


def refused(texts: Mapping[str, str], *, demo: bool) -> list[str]:
    """Return the first lines of those that the server refuses, by the limits that it has unless told others."""
    documents = documents_of(make_schema(demo=demo)._schema, LimitSettings())
    read = {text: documents.read(text) for text in texts.values()}
    return [
        text.partition("\n")[0]
        for text, each in read.items()
        if each.errors or each.operations is None or each.operations.refused(None, {})
    ]


def test_each_document_is_there_by_its_hash(texts: Mapping[str, str]) -> None:
    """One operation in each, the one that an open dialog watches among them."""
    assert [sha256(text.encode()).hexdigest() for text in texts.values()] == list(texts)
    operations = [text for text in texts.values() if text.startswith("subscription WatchBanner(")]
    assert len(operations) == 1
    assert "fragment BannerParts on Banner {" in operations[0]


def test_each_document_is_valid_and_within_the_limits(texts: Mapping[str, str]) -> None:
    """All of them in the demo, whose clock is outside of it nobody's to advance."""
    assert refused(texts, demo=True) == []
    assert [line.partition("(")[0] for line in refused(texts, demo=False)] == [f"mutation {NEEDS_THE_DEMO}"]
