"""A short run of the night harness: one seed. `make faults` runs it at length."""

import asyncio
from pathlib import Path

from tests.faults.night import night

SEED = 1
CLIENTS = 600


def test_every_period_is_closed_once_whatever_breaks(tmp_path: Path) -> None:
    """Workers and the database killed, paused and raced while clients that were long due are settled."""
    with night(tmp_path) as installation:
        assert asyncio.run(installation.get_through(SEED, clients=CLIENTS)) == []
