"""A short run of the harness: a few seeds, fewer dialogs. `make faults` runs it at length and by the strict bound."""

from collections.abc import Iterator
from random import Random
from typing import Final

import pytest

from tests.faults.installation import Installation, installed
from tests.faults.plan import Breaks, Fault, Plan, Round, deeds_for
from tests.faults.run import attempt, report
from tests.faults.trial import Trial

SEEDS: Final = (6, 34)
DIALOGS: Final = 60
BOUND_SECONDS: Final = 10.0
"""Other tests run beside this one: here it is the state that matters, not how soon."""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Run PostgreSQL, Valkey and two servers."""
    with installed(tmp_path_factory.mktemp("faults")) as running:
        yield running


def test_after_every_heal_every_dialog_shows_what_is_on_record(installation: Installation) -> None:
    """Whatever was killed, frozen or restarted meanwhile; and counts and tasks on record are right."""
    for seed in SEEDS:
        outcome = attempt(installation, seed, dialogs=DIALOGS, bound=BOUND_SECONDS)
        assert not outcome.wrong, report(installation, seed, outcome, dialogs=DIALOGS)


async def test_a_rolling_restart_loses_no_update(installation: Installation) -> None:
    """Under load each server ends its sockets with 1012, completes nothing, and exits with 0 in seconds."""
    clients = DIALOGS // 3
    watched = [(number % clients, number // clients) for number in range(DIALOGS)]
    rolled = Fault(0.3, Breaks.SERVERS_ROLLED, 0.0, 0)
    deeds = deeds_for(Random(1), seconds=4.0, clients=clients)
    plan = Plan(1, clients, watched, [Round([rolled], deeds, {})])
    outcome = await Trial(installation, plan, bound=BOUND_SECONDS).run()
    assert outcome.wrong == []
    assert outcome.done > len(deeds) / 2
