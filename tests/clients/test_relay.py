"""Relay's compiler: connections, refetching by id, updates by mutations, persisted documents."""

import json
import re
import shutil
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from tests.clients.player import FOLDER
from tests.clients.practice import Practice
from tests.clients.tools import SCHEMA, run

OPERATIONS = {
    "ClientCardAgainQuery",
    "ClientListCreateMutation",
    "ClientListPageQuery",
    "ClientListQuery",
    "DialogDeleteMutation",
    "DialogSubscription",
}
FRAGMENTS = {"ClientCard_client", "ClientList_query"}
NAMED = re.compile(r"(?:query|mutation|subscription) (\w+)")


@pytest.fixture
def documents(tmp_path: Path) -> dict[str, str]:
    """Compile a small front end; return its documents by the name of their operation."""
    shutil.copytree(FOLDER / "relay", tmp_path, dirs_exist_ok=True)
    shutil.copy(SCHEMA, tmp_path)
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "persisted.json").write_text("{}")
    run("node_modules/relay-compiler/cli.js", "relay.config.json", cwd=tmp_path)
    persisted: dict[str, str] = json.loads((tmp_path / "persisted.json").read_text())
    assert [sha256(text.encode()).hexdigest() for text in persisted.values()] == list(persisted)
    return {match.group(1): text for text in persisted.values() if (match := NAMED.match(text))}


def test_it_compiles(documents: dict[str, str], tmp_path: Path) -> None:
    """An artifact for each operation and fragment."""
    assert documents.keys() == OPERATIONS
    made = {path.name.removesuffix(".graphql.ts") for path in (tmp_path / "artifacts").iterdir()}
    assert made == OPERATIONS | FRAGMENTS


async def test_what_it_compiled_is_answered(
    documents: dict[str, str], practice: Practice, http: httpx.AsyncClient
) -> None:
    """What is created is in the list and on the next page, and is read again by its id."""
    api = practice.desk(http).api
    for name in ("Relay Keller", "Relay Meier"):
        created = (await api.data(documents["ClientListCreateMutation"], input={"name": name}))["createClient"]
        assert created["errors"] == []
    listed = (await api.data(documents["ClientListQuery"], search="Relay"))["clients"]
    assert [edge["node"]["name"] for edge in listed["edges"]] == ["Relay Keller", "Relay Meier"]
    first = (await api.data(documents["ClientListPageQuery"], search="Relay", count=1))["clients"]
    second = (
        await api.data(documents["ClientListPageQuery"], search="Relay", count=1, cursor=first["pageInfo"]["endCursor"])
    )["clients"]
    assert [page["edges"][0]["node"]["name"] for page in (first, second)] == ["Relay Keller", "Relay Meier"]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    again = (await api.data(documents["ClientCardAgainQuery"], id=created["client"]["id"]))["node"]
    assert again["name"] == "Relay Meier"
