"""A short run of the harness: two seeds. `make faults` runs it at length."""

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest

from models.database import connected
from tests.faults.check import facts_denied
from tests.faults.deeds import SET, TASK_DONE
from tests.faults.installation import Installation, installed
from tests.faults.plan import AFTERWARDS, Breaks, Fault, Plan, Round, deeds_for
from tests.faults.practice import settle_in
from tests.faults.run import attempt, command, report
from tests.faults.trial import Trial

ROOT: Final = Path(__file__).parents[2]
SEEDS: Final = (6, 34)
DIALOGS: Final = 300
BOUND_SECONDS: Final = 3.0
"""One more than promised: the servers, the harness and other tests share the machine's processors here."""


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
    deeds = deeds_for(Random(1), seconds=AFTERWARDS, clients=clients)
    plan = Plan(1, clients, watched, [Round([rolled], deeds, {})])
    outcome = await Trial(installation, plan, bound=BOUND_SECONDS).run()
    assert outcome.wrong == []
    assert outcome.done > outcome.tried / 2


async def test_what_was_confirmed_and_is_not_on_record_is_told(installation: Installation) -> None:
    """Here of a task and of a tracker that never were."""
    believed = {("a task", TASK_DONE): {True}, ("a note", SET): {True}}
    async with connected(installation.postgres.url):
        practice = await settle_in(clients=1, seed=1)
        assert await facts_denied(practice.id, believed) == [
            "completion of a task of a task: DELETED on record, and told ['True']",
            "setting of a note: DELETED on record, and told ['True']",
        ]


def test_a_report_names_the_command_that_carries_out_the_same_plan() -> None:
    """With as many dialogs: the plan depends on how many there are."""
    make, *arguments = shlex.split(command(34, dialogs=7))
    told = subprocess.run(
        [make, "--no-print-directory", "-n", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    ran = " ".join(told.replace("\\\n", "").split())
    assert ran.endswith("-m tests.faults.run --seed 34 --seeds 1 --dialogs 7")
