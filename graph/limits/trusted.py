"""Trusted documents: those of a front end's build, asked for by their hash."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from graph.limits.refusals import NOT_FOUND, NOT_TRUSTED, Refusal
from models.limits import LimitSettings
from models.settings import InvalidSettings

MESSAGE_OF_A_MISS: Final = "PersistedQueryNotFound"
"""Clients know it by these letters, and send the text instead."""


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


def read_trusted(settings: LimitSettings) -> TrustedDocuments:
    """Return what the settings trust: a JSON object of documents by their hashes.

    Raises InvalidSettings when the file cannot be read as that.
    """
    path, only = settings.trusted_documents, settings.only_trusted_documents
    return TrustedDocuments(_manifest(path) if path is not None else {}, only=only)


def _manifest(path: Path) -> dict[str, str]:
    try:
        documents = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise InvalidSettings(f"TRUSTED_DOCUMENTS: {path} cannot be read as JSON ({type(error).__name__})") from error
    if not isinstance(documents, dict) or not all(isinstance(text, str) for text in documents.values()):
        raise InvalidSettings(f"TRUSTED_DOCUMENTS: {path} is no object of documents by their hashes")
    return documents


def _hash_in(asked: Mapping[str, Any]) -> str | None:
    """Return the hash in a request: `documentId`, or what Apollo's and urql's clients send."""
    extensions = asked.get("extensions")
    persisted = extensions.get("persistedQuery") if isinstance(extensions, dict) else None
    given = asked.get("documentId") or (persisted.get("sha256Hash") if isinstance(persisted, dict) else None)
    return given if isinstance(given, str) else None
