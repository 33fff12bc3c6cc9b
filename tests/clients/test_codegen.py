"""graphql-codegen: the client preset, with persisted documents."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clients.player import FOLDER
from tests.clients.practice import Practice
from tests.clients.tools import SCHEMA, read

MADE = ["fragment-masking.ts", "gql.ts", "graphql.ts", "index.ts", "persisted-documents.json"]
OPERATIONS = ["BannerDocument", "ClientsDocument", "CreateClientDocument"]


@pytest.fixture
def hashes(tmp_path: Path) -> dict[str, str]:
    """Generate; return the hash of each operation."""
    made: dict[str, str] = read("codegen.mjs", SCHEMA, FOLDER / "documents.graphql", tmp_path)
    return made


def persisted(folder: Path) -> dict[str, str]:
    """Return the documents by their hash."""
    documents: dict[str, str] = json.loads((folder / "persisted-documents.json").read_text())
    return documents


def test_it_writes_types_and_documents(hashes: dict[str, str], tmp_path: Path) -> None:
    """Every scalar has a type; each operation carries the hash of its document."""
    assert sorted(path.name for path in tmp_path.iterdir()) == MADE
    documents = persisted(tmp_path)
    assert sorted(hashes) == OPERATIONS
    assert sorted(hashes.values()) == sorted(documents)
    assert [f"sha256:{sha256(text.encode()).hexdigest()}" for text in documents.values()] == list(documents)


async def test_what_it_wrote_is_answered(
    hashes: dict[str, str], tmp_path: Path, practice: Practice, http: httpx.AsyncClient
) -> None:
    """The documents as they are persisted; what is created is found."""
    documents, api = persisted(tmp_path), practice.desk(http).api
    wanted: dict[str, Any] = {"name": "Codegen Keller"}
    created = (await api.data(documents[hashes["CreateClientDocument"]], input=wanted))["createClient"]
    assert created["errors"] == []
    found = (await api.data(documents[hashes["ClientsDocument"]], search="Codegen Keller"))["clients"]["nodes"]
    assert found == [created["client"]]


async def test_what_it_wrote_can_be_all_that_is_answered(
    hashes: dict[str, str], tmp_path: Path, practice: Practice, http: httpx.AsyncClient
) -> None:
    """By the hash that each operation carries, once the server is given the manifest."""
    trusted = {"trusted_documents": tmp_path / "persisted-documents.json", "only_trusted_documents": True}
    async with practice.elsewhere(http, **trusted) as desk:
        api = desk.api
        headers, url = {"Authorization": f"Bearer {api.token}"}, f"{api.address}/graphql"
        asked = {"documentId": hashes["ClientsDocument"], "variables": {"search": "nobody at all"}}
        answer = (await http.post(url, json=asked, headers=headers)).json()
        assert answer["data"]["clients"]["nodes"] == []
        refused = await http.post(url, json={"query": "{ viewer { role } }"}, headers=headers)
        assert refused.json()["errors"][0]["extensions"] == {"code": "DOCUMENT_NOT_TRUSTED"}
