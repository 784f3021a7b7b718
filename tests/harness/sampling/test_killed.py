"""A run that is killed with signal 9, at the end of a step or amid one, goes on to the same numbers."""

import json
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from db.records import SampleFilter
from harness.engines.scripted import ScriptedEngine
from tests.harness.sampling.runs import RUN, right_at_its_rate, store_in, train


def everything(folder: Path) -> str:
    """All that a run kept which does not depend on the clock."""
    with store_in(folder) as store:
        steps = [(step.step, dict(step.metrics), step.n_kept, step.n_dropped) for step in store.steps(RUN)]
        events = [(event.step, event.kind, dict(event.detail)) for event in store.events(RUN)]
        lines = store.list_samples(SampleFilter(run_id=RUN), limit=10_000).lines
        samples = [(line.step, line.problem.prompt, line.reward) for line in lines]
    return json.dumps([steps, events, samples])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, int]:
    """What an undisturbed run kept, and how many completions it drew."""
    folder = tmp_path_factory.mktemp("whole")
    train(folder, ScriptedEngine(script=right_at_its_rate, batch_rows=8))
    kept = everything(folder)
    steps = json.loads(kept)[0]
    assert sum(metrics["groups_carried"] for _, metrics, _, _ in steps) > 2, "nothing was carried"
    assert sum(metrics["prompts_rested"] for _, metrics, _, _ in steps) > 2, "no prompt rested"
    return kept, int(4 * sum(metrics["groups_drawn"] for _, metrics, _, _ in steps))


@pytest.mark.parametrize("place", range(5))
def test_a_run_killed_anywhere_keeps_what_an_undisturbed_one_does(
    whole: tuple[str, int], tmp_path: Path, place: int
) -> None:
    expected, completions = whole
    at = random.Random(place).randrange(1, completions + 1)
    command = [sys.executable, "-m", "tests.harness.sampling.runs", str(tmp_path), str(at)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == -signal.SIGKILL
    train(tmp_path, ScriptedEngine(script=right_at_its_rate, batch_rows=8))
    assert everything(tmp_path) == expected
