"""Hostile requests of all kinds at once leave nothing behind: no fault, no connection, nothing watched."""

import asyncio
import re
import time
from typing import Final

from models.database import POSTGRES_CONNECTIONS
from tests.attacks.hostile import ATTACKS
from tests.attacks.soak import soak
from tests.attacks.target import Target

REQUESTS: Final = 1_500
PATIENCE_SECONDS: Final = 20


def watched(target: Target) -> int:
    """Return how much the server says is watched."""
    told = target.http.get(f"{target.running.address}/metrics").text
    return sum(
        int(float(found)) for found in re.findall(r"^session_tracker_subscriptions\S* (\S+)", told, re.MULTILINE)
    )


def test_a_soak_leaves_nothing_behind(target: Target) -> None:
    """Each attack was made; `python -m tests.attacks.soak 100000` makes more of them, and shows memory."""
    most = target.open_files + POSTGRES_CONNECTIONS  # The server opens them as they are needed, and keeps them.
    done = asyncio.run(soak(target, requests=REQUESTS, seed=1))
    assert sum(done.answers.values()) == REQUESTS
    assert {attack for attack, _ in done.answers} == {attack.__name__ for attack in ATTACKS}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (watched(target) or target.open_files > most) and time.monotonic() < deadline:
        time.sleep(0.05)  # The server hears of what was dropped a moment later.
    assert watched(target) == 0
    assert target.open_files <= most
    target.assert_unhurt()
