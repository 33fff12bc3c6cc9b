"""Trusted documents: found by each hash that clients send, and read from a manifest that has to be one."""

import hashlib
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from graph.limits.refusals import Refusal
from graph.limits.trusted import TrustedDocuments, read_trusted
from models.limits import LimitSettings
from models.settings import InvalidSettings

TEXT: Final = "query Role { viewer { role } }"
SHA1: Final = hashlib.sha1(TEXT.encode()).hexdigest()
SHA256: Final = hashlib.sha256(TEXT.encode()).hexdigest()
OF_PAGE: Final = "query Here { practice { id } }"
SHA256_OF_PAGE: Final = hashlib.sha256(OF_PAGE.encode()).hexdigest()


def apollo(hash_: str) -> dict[str, Any]:
    """Return the extensions that Apollo's and urql's clients send."""
    return {"persistedQuery": {"version": 1, "sha256Hash": hash_}}


@pytest.mark.parametrize(
    "asked",
    [
        {"documentId": SHA1},
        {"documentId": SHA256},
        {"documentId": f"sha256:{SHA256}"},
        {"extensions": apollo(SHA256)},
        {"extensions": apollo(SHA1), "query": ""},
        {"extensions": apollo(SHA256), "query": "{ practice { id } }"},
    ],
)
@pytest.mark.parametrize("only", [True, False])
def test_a_document_is_found_by_its_hash(asked: dict[str, Any], only: bool) -> None:
    """That of the manifest, which may be SHA-1, or SHA-256; whatever text comes with it is not looked at."""
    assert TrustedDocuments({SHA1: TEXT}, only=only).text(asked) == TEXT


@pytest.mark.parametrize("asked", [{"documentId": "0" * 40}, {"extensions": apollo("0" * 64)}])
def test_an_unknown_hash_is_told_as_clients_know_it(asked: dict[str, Any]) -> None:
    """They send the text instead."""
    with pytest.raises(Refusal) as refused:
        TrustedDocuments({SHA1: TEXT}, only=False).text(asked)
    assert refused.value.message == "PersistedQueryNotFound"
    assert refused.value.extensions == {"code": "PERSISTED_QUERY_NOT_FOUND"}


@pytest.mark.parametrize("more", [{}, {"documentId": "0" * 40}, {"extensions": apollo("0" * 64)}])
def test_a_text_is_answered_unless_only_hashes_are(more: dict[str, Any]) -> None:
    """Also the text of a trusted document."""
    assert TrustedDocuments({SHA1: TEXT}, only=False).text({"query": TEXT, **more}) == TEXT
    with pytest.raises(Refusal) as refused:
        TrustedDocuments({SHA1: TEXT}, only=True).text({"query": TEXT, **more})
    assert refused.value.extensions == {"code": "DOCUMENT_NOT_TRUSTED"}


def test_a_manifest_is_read(tmp_path: Path) -> None:
    """As graphql-codegen writes it."""
    path = tmp_path / "persisted-documents.json"
    path.write_bytes(orjson.dumps({SHA1: TEXT}))
    assert read_trusted(LimitSettings(trusted_documents=path)).text({"documentId": SHA1}) == TEXT


def test_what_was_built_is_trusted_beside_it(tmp_path: Path) -> None:
    """Whatever else the settings name."""
    named, built = tmp_path / "named.json", tmp_path / "built.json"
    named.write_bytes(orjson.dumps({SHA1: TEXT}))
    built.write_bytes(orjson.dumps({SHA256_OF_PAGE: OF_PAGE}))
    for settings in (LimitSettings(only_trusted_documents=True), LimitSettings(trusted_documents=named)):
        assert read_trusted(settings, built=built).text({"extensions": apollo(SHA256_OF_PAGE)}) == OF_PAGE
    assert read_trusted(LimitSettings(trusted_documents=named), built=built).text({"documentId": SHA1}) == TEXT


@pytest.mark.parametrize(
    ("content", "log"),
    [
        (None, []),
        (b"{", ["cannot be read as JSON (JSONDecodeError)."]),
        (b"[]", ["is no object of documents by their hashes."]),
    ],
)
def test_without_what_was_built_the_rest_is_trusted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes | None, log: list[str]
) -> None:
    """The log says so, where something was built that is no manifest."""
    built = tmp_path / "built.json"
    if content is not None:
        built.write_bytes(content)
    assert read_trusted(LimitSettings(), built=built).text({"query": TEXT}) == TEXT
    assert caplog.messages == [f"The documents of the pages are not trusted: {built} {why}" for why in log]


def test_that_nothing_is_answered_is_told_at_the_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Only trusted documents are, and there are none."""
    read_trusted(LimitSettings(only_trusted_documents=True), built=tmp_path / "nowhere.json")
    assert [message.partition(":")[0] for message in caplog.messages] == ["Nothing is answered"]


@pytest.mark.parametrize("content", [None, b"{", b"[]", b'{"a": 5}'])
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """When the process starts."""
    path = tmp_path / "persisted-documents.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidSettings, match=r"TRUSTED_DOCUMENTS: .*persisted-documents\.json"):
        read_trusted(LimitSettings(trusted_documents=path))
