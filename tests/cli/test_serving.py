"""Serving from the command line: how it starts, in demo mode and otherwise, and how it stops."""

import json
import shlex
import shutil
import signal
import socket
import subprocess

import httpx
import pytest

from tests.cli.tool import Tool

ROLES = ["ADMIN", "INTEGRATION", "READ_ONLY", "STAFF"]


def answer_of(line: str) -> object:
    """Run the printed curl line in a shell; without curl, send what it says."""
    if shutil.which("curl") and shutil.which("bash"):
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=30, check=True)
        answer: object = json.loads(done.stdout)
        return answer
    _curl, _silent, url, _h, kind, _h, authorization, _d, body = shlex.split(line)
    headers = dict(header.split(": ", 1) for header in (kind, authorization))
    return json.loads(httpx.post(url, content=body, headers=headers).text)


def test_demo_mode_says_how_to_try_it(tool: Tool) -> None:
    """It prints the addresses, a token for each role, and a command that answers; the tokens outlive a restart."""
    with tool.serving(until="curl", DEMO_MODE="true", JWT_SECRET=None) as server:
        text = "\n".join(server.welcome)
        assert f"{server.address}/graphql" in text
        assert f"{server.address.replace('http', 'ws')}/graphql" in text
        places = [place for place, line in enumerate(server.welcome) if line.split(" (")[0] in ROLES]
        tokens = {server.welcome[place].split(" (")[0]: server.welcome[place + 1] for place in places}
        assert sorted(tokens) == ROLES
        answer = answer_of(server.welcome[-1])
        assert isinstance(answer, dict)
        assert answer["data"]["practice"]["name"] == "Harbour Physiotherapy"
        assert [client["name"] for client in answer["data"]["clients"]["nodes"]] == [
            "Aline Roth",
            "Jonas Frei",
            "Mara Keller",
        ]
        assert set(roles_told(server.address, tokens)) == {"Harbour Physiotherapy"}
        server.stop()
    with tool.serving(until="curl", DEMO_MODE="true", JWT_SECRET=None) as server:
        assert set(roles_told(server.address, tokens)) == {"Harbour Physiotherapy"}


def test_demo_mode_prints_no_tokens_of_another_practice(tool: Tool) -> None:
    """On the database of a real one it says so, and serves."""
    tool.well("practice", "create", "Lakeside", "--time-zone", "Europe/Zurich")
    with tool.serving(until="nobody", DEMO_MODE="true") as server:
        assert server.welcome[1:] == [
            "This database holds a practice that is not the demo's: nobody gets a token of it."
        ]
        refused = httpx.get(f"{server.address}/demo/token", params={"role": "ADMIN"})
        assert (refused.status_code, "token" in refused.json()) == (404, False)


def roles_told(address: str, tokens: dict[str, str]) -> list[str]:
    """Return the practice's name as each token is told it."""
    query = {"query": "{ practice { name } }"}
    return [
        httpx.post(f"{address}/graphql", json=query, headers={"Authorization": f"Bearer {token}"}).json()["data"][
            "practice"
        ]["name"]
        for token in tokens.values()
    ]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_it_is_told_to(tool: Tool, how: signal.Signals) -> None:
    """With an open connection, without a traceback, and with the exit code of a command that is done."""
    with tool.serving() as server, httpx.Client() as http:
        assert http.get(f"{server.address}/livez").text == "alive\n"
        ended = server.stop(how)
    assert "Traceback" not in ended.err
    assert ended.code == 0


def test_outside_demo_mode_it_prints_no_token_and_cannot_advance_the_clock(tool: Tool) -> None:
    """Nothing is seeded either."""
    with tool.serving() as server:
        assert len(server.welcome) == 1
        query = {"query": "mutation { advanceClock(days: 1) { errors { code } } }"}
        answer = httpx.post(f"{server.address}/graphql", json=query).json()
        assert "Cannot query field 'advanceClock'" in answer["errors"][0]["message"]
        assert server.stop().out == ""
    assert tool.well("practice", "list") == []


def test_a_port_that_is_taken_is_told(tool: Tool) -> None:
    """In a line, with exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        outcome = tool("serve", "--port", str(taken.getsockname()[1]))
    assert outcome.code == 1
    assert len(outcome.err.splitlines()) == 1
    assert outcome.err.rstrip().endswith("address already in use")
    assert "Traceback" not in outcome.err
