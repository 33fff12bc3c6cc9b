"""Trusted documents: those of a front end's build, asked for by their hash."""

import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from graph.limits.refusals import NOT_FOUND, NOT_TRUSTED, Refusal
from models.limits import LimitSettings
from models.settings import InvalidSettings

MESSAGE_OF_A_MISS: Final = "PersistedQueryNotFound"
"""Clients know it by these letters, and send the text instead."""

_log = logging.getLogger(__name__)


class TrustedDocuments:
    """The documents of a manifest, by its own hashes and by SHA-256; with `only` nothing else is answered."""

    def __init__(self, documents: Mapping[str, str], *, only: bool) -> None:
        self.only = only
        self._texts = {hashlib.sha256(text.encode()).hexdigest(): text for text in documents.values()} | dict(documents)

    def text(self, asked: Mapping[str, Any]) -> str | None:
        """Return the document that a request asks for, by its hash or as it is; None when it asks for none.

        Raises Refusal: no such hash, or a text where only hashes are answered.
        """
        query = asked.get("query")
        if (given := _hash_in(asked)) is not None:
            text = self._texts.get(given) or self._texts.get(given.rpartition(":")[2])
            if text is not None:
                return text
            if not query:
                raise Refusal(MESSAGE_OF_A_MISS, code=NOT_FOUND, status=400)
        if query and self.only:
            raise Refusal("Only trusted documents are answered here, by their hash.", code=NOT_TRUSTED, status=403)
        return query if isinstance(query, str) else None


class NoManifest(Exception):
    """A file is no JSON object of documents by their hashes; the message says what it is instead."""


def read_trusted(settings: LimitSettings, *, built: Path | None = None) -> TrustedDocuments:
    """Return what is trusted: the manifest that the settings name, and the one that was `built` with the pages.

    Raises InvalidSettings when the first cannot be read. The second is no condition of serving: without it the pages
    send texts.
    """
    documents = {**_named(settings.trusted_documents), **_built(built)}
    if built is not None and settings.only_trusted_documents and not documents:
        _log.error("Nothing is answered: only trusted documents are, and there are none. Build the pages or name some.")
    return TrustedDocuments(documents, only=settings.only_trusted_documents)


def _named(path: Path | None) -> dict[str, str]:
    try:
        return {} if path is None else _manifest(path)
    except NoManifest as error:
        raise InvalidSettings(f"TRUSTED_DOCUMENTS: {path} {error}") from error


def _built(path: Path | None) -> dict[str, str]:
    try:
        return _manifest(path) if path is not None and path.exists() else {}
    except NoManifest as error:
        _log.error("The documents of the pages are not trusted: %s %s.", path, error)
        return {}


def _manifest(path: Path) -> dict[str, str]:
    """Return the documents in a file.

    Raises NoManifest.
    """
    try:
        documents = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise NoManifest(f"cannot be read as JSON ({type(error).__name__})") from error
    if not isinstance(documents, dict) or not all(isinstance(text, str) for text in documents.values()):
        raise NoManifest("is no object of documents by their hashes")
    return documents


def _hash_in(asked: Mapping[str, Any]) -> str | None:
    """Return the hash in a request: `documentId`, or what Apollo's and urql's clients send."""
    extensions = asked.get("extensions")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    given = asked.get("documentId") or (persisted.get("sha256Hash") if isinstance(persisted, dict) else None)
    return given if isinstance(given, str) else None
