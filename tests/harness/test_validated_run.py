"""The command line on a run whose resets rest on a validation that another process measures."""

import json
import shutil
import signal
from pathlib import Path

import pytest

from tests.harness.test_end_to_end import RECIPE, harness, show, start, wait_for_steps

SCHEDULE = """
[reset.validation]
sets = ["held sums"]
every = 2

[reset.plateau]
window = 1
tolerance = 0.99

[[evaluation.sets]]
name = "held sums"
source = "reasoning_gym"
options = { task = "chain_sum", config = { min_terms = 2, max_terms = 2, min_digits = 1, max_digits = 1 } }
count = 4
samples = 2
seed = 7

[dynamic_sampling]
max_age = 0

[[stages]]
name = "narrow"
steps = 6
until_reset = true

[[stages]]
name = "wide"
set.rollout.n = 6
set.rollout.temperature = 0.9
set.rewards.truncated_factor = 0.5
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """A recipe, and a home in which its run came to its end undisturbed; with the run's id."""
    folder = tmp_path_factory.mktemp("whole")
    recipe, home = folder / "small.toml", folder / "home"
    recipe.write_text(
        RECIPE.replace("every = 8", "distance = 4").replace("steps = 16", "steps = 10") + SCHEDULE
    )
    harness("train", recipe, "--home", home)
    (run,) = json.loads(harness("runs", "list", "--home", home, "--json").stdout)
    return recipe, home, run["id"]


@pytest.fixture
def home(finished: tuple[Path, Path, str], tmp_path: Path) -> Path:
    """A new home that need not make the base model again."""
    shutil.copytree(finished[1] / "bases", tmp_path / "home" / "bases")
    return tmp_path / "home"


def decisions(shown: dict[str, list[dict[str, object]]]) -> list[tuple[object, object, object]]:
    return [
        (event["step"], event["kind"], event["detail"])
        for event in shown["events"]
        if event["kind"] in {"reset", "stage"}
    ]


def test_resets_and_stages_rest_on_what_was_measured(finished: tuple[Path, Path, str]) -> None:
    _, home, run = finished
    shown = show(home, run)
    found = decisions(shown)
    assert [(step, kind) for step, kind, _ in found] == [(4, "reset"), (4, "stage"), (8, "reset")]
    measured = {
        each["step"]: each["pass@1"] for each in shown["evaluations"] if each["benchmark"] == "held sums"
    }
    assert {2, 4, 6, 8, 10} <= set(measured)
    numbers = found[0][2]
    assert isinstance(numbers, dict)
    assert numbers["trigger"] == "plateau"
    assert (numbers["window_best"], numbers["best_before"]) == (measured[4], measured[2])
    assert [step["rollouts"] // step["groups_drawn"] for step in shown["steps"]] == [4] * 4 + [6] * 6


def test_a_killed_run_goes_on_to_the_same_measurements_and_decisions(
    finished: tuple[Path, Path, str], home: Path
) -> None:
    recipe, whole, run = finished
    process = start("train", recipe, "--home", home)
    wait_for_steps(home, 5)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    harness("train", recipe, "--home", home)
    assert show(home, run) == show(whole, run)


def test_measuring_in_the_training_process_decides_alike(
    finished: tuple[Path, Path, str], home: Path
) -> None:
    recipe, whole, run = finished
    harness("train", recipe, "--home", home, "--set", "evaluation.processes=0")
    (inline,) = json.loads(harness("runs", "list", "--home", home, "--json").stdout)
    assert decisions(show(home, inline["id"])) == decisions(show(whole, run))


def test_the_run_replays_to_its_own_decisions(finished: tuple[Path, Path, str]) -> None:
    _, home, run = finished
    done = harness("runs", "replay", run, "--home", home)
    assert "3 decisions replayed, 3 recorded: the same" in done.stdout


def test_numbers_that_cannot_fit_are_refused_before_anything_is_spent(
    finished: tuple[Path, Path, str], tmp_path: Path
) -> None:
    recipe, home = finished[0], tmp_path / "none"
    for override, words in (
        ("optimizer.minibatches=9", "more than the groups of a step, rollout.prompts = 3"),
        ("evaluation.k=32", "evaluation.k = 32 is more than the 16 samples of 'sums'"),
        ("reset.validation.sets=['heldd']", "no evaluation set 'heldd': have sums, held sums"),
    ):
        done = harness("train", recipe, "--home", home, "--set", override, check=False)
        assert done.returncode == 2
        assert words in done.stderr
    assert not home.exists()


def test_a_dry_run_makes_nothing(finished: tuple[Path, Path, str], tmp_path: Path) -> None:
    home = tmp_path / "none"
    done = harness("train", finished[0], "--home", home, "--dry-run", "--set", "rollout.top_p=0.5")
    assert "wide" in done.stdout
    assert any(line.split() == ["rollout.top_p", "0.5", "--set"] for line in done.stdout.splitlines())
    assert not home.exists()
