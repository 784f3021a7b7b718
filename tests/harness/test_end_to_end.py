"""The command line, whole: train a tiny model, kill it, go on, look at it, export it."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

RECIPE = """
name = "small"
steps = 16
seed = 3

[model]
name = "small-qwen2"

[model.warm_start]
hidden_size = 32
layers = 1
heads = 2
intermediate_size = 64
max_steps = 40
check_every = 20
rows = 600

[[data]]
source = "reasoning_gym"
options = { task = "chain_sum", config = { min_terms = 2, max_terms = 2, min_digits = 1, max_digits = 1 } }
count = 30

[[data]]
source = "starter"
options = { domain = "instruction" }

[rollout]
n = 4
prompts = 3
max_tokens = 24

[optimizer]
learning_rate = 1e-3
minibatches = 1

[reset]
every = 8

[checkpoint]
every = 2

[evaluation]
samples = 16
max_tokens = 16
processes = 1

[[evaluation.sets]]
name = "sums"
source = "reasoning_gym"
options = { task = "chain_sum", config = { min_terms = 2, max_terms = 2, min_digits = 1, max_digits = 1 } }
count = 12
relation = "trained"
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def harness(*arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "harness.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=check)


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "harness.cli", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def show(home: Path, run: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(harness("runs", "show", run, "--home", home, "--json").stdout)
    return shown


def wait_for_steps(home: Path, steps: int) -> None:
    """Until the run under way has kept so many steps."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        # Read as it lies: opening it as a store takes as long as several steps.
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(home / "harness.db")) as database:
            if database.execute("SELECT count(*) FROM step").fetchone()[0] >= steps:
                return
        time.sleep(0.02)
    raise AssertionError(f"no {steps} steps in time")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """A recipe, and a home in which its run came to its end undisturbed; with the run's id."""
    folder = tmp_path_factory.mktemp("whole")
    recipe, home = folder / "small.toml", folder / "home"
    recipe.write_text(RECIPE)
    harness("train", recipe, "--home", home)
    (run,) = json.loads(harness("runs", "list", "--home", home, "--json").stdout)
    return recipe, home, run["id"]


@pytest.fixture
def home(finished: tuple[Path, Path, str], tmp_path: Path) -> Path:
    """A new home that need not make the base model again."""
    folder = tmp_path / "home"
    folder.mkdir()
    shutil.copytree(finished[1] / "bases", folder / "bases")
    return folder


def test_a_run_tells_its_steps_events_and_evaluations(finished: tuple[Path, Path, str]) -> None:
    _, home, run = finished
    shown = show(home, run)
    assert shown["status"] == "finished"
    assert [step["step"] for step in shown["steps"]] == list(range(1, 17))
    assert all({"reward_mean", "entropy", "kl_ref"} <= set(step) for step in shown["steps"])
    short = [event["step"] for event in shown["events"] if event["kind"] == "short_batch"]
    assert short == [step["step"] for step in shown["steps"] if step["groups_missing"]]
    others = [event for event in shown["events"] if event["kind"] != "short_batch"]
    assert [(event["step"], event["kind"]) for event in others] == [
        (0, "checkpoint"),
        (8, "checkpoint"),
        (8, "reset"),
        (16, "checkpoint"),
    ]
    assert [(each["step"], each["benchmark"]) for each in shown["evaluations"]] == [
        (0, "sums"),
        (8, "sums"),
        (16, "sums"),
    ]
    assert shown["rollouts"] == shown["verdicts"] == sum(step["rollouts"] for step in shown["steps"])


def test_a_run_killed_by_the_machine_goes_on_to_the_same_numbers(
    finished: tuple[Path, Path, str], home: Path
) -> None:
    recipe, whole, run = finished
    process = start("train", recipe, "--home", home)
    wait_for_steps(home, 3)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert show(home, run)["status"] == "running", "it was killed on its way"
    again = harness("train", recipe, "--home", home)
    assert f"run {run}" in again.stderr
    assert show(home, run) == show(whole, run)


def test_an_interrupt_ends_after_a_step_and_the_run_goes_on(
    finished: tuple[Path, Path, str], home: Path
) -> None:
    recipe, whole, run = finished
    process = start("train", recipe, "--home", home)
    wait_for_steps(home, 1)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on with it" in said
    assert "Traceback" not in said
    assert show(home, run)["status"] == "stopped"
    harness("train", recipe, "--home", home)
    assert show(home, run) == show(whole, run)


def test_a_run_graded_by_a_hub_has_the_same_numbers(
    finished: tuple[Path, Path, str], home: Path, tmp_path: Path
) -> None:
    recipe, whole, run = finished
    command = [sys.executable, "-m", "harness.cli", "serve", "--port", "0", "--home", str(tmp_path / "hub")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as hub:
        assert hub.stdout is not None
        address = hub.stdout.readline().split()[-1]
        harness("train", recipe, "--home", home, "--hub", address)
        hub.send_signal(signal.SIGINT)
        hub.wait(timeout=30)
    assert show(home, run) == show(whole, run)


@contextmanager
def hub_at(port: int, home: Path) -> Iterator[None]:
    """A hub process on this port, killed at the end."""
    command = [sys.executable, "-m", "harness.cli", "serve", "--port", str(port), "--home", str(home)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as hub:
        assert hub.stdout is not None
        assert str(port) in hub.stdout.readline()
        try:
            yield
        finally:
            hub.kill()


def read_until(process: subprocess.Popen[str], words: str) -> None:
    """Follow what the process says until it says this."""
    assert process.stderr is not None
    for line in process.stderr:
        if words in line:
            return
    raise AssertionError(f"it ended without saying {words!r}")


def test_a_hub_that_goes_away_is_waited_for_and_interrupts_work_meanwhile(
    finished: tuple[Path, Path, str], home: Path, tmp_path: Path
) -> None:
    recipe, whole, run = finished
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    train = ("train", recipe, "--home", home, "--hub", f"http://127.0.0.1:{port}")
    with hub_at(port, tmp_path / "hub"):
        process = start(*train)
        wait_for_steps(home, 2)
    read_until(process, "is away")
    process.send_signal(signal.SIGINT)
    read_until(process, "once more stops at once")
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 130
    process = start(*train)
    read_until(process, "is away")
    with hub_at(port, tmp_path / "hub"):
        read_until(process, "is back")
        process.communicate()
    assert process.returncode == 0
    assert show(home, run) == show(whole, run)


OUTSIDE = """
import statistics

import torch

from harness.learners.ratio import Surrogate


def median(outcomes, *, scale=1.0):
    return [
        [scale * (reward - statistics.median(rewards_G)) for reward in rewards_G]
        for rewards_G in outcomes.rewards_PG
    ]


def plain(scores, loss):
    ratio_BT = torch.exp(scores.logprobs_BT - scores.old_BT)
    return Surrogate(loss_BT=-ratio_BT * scores.advantages_B[:, None], ratio_BT=ratio_BT)
"""


def test_an_estimator_and_a_loss_from_outside_the_tree_train(
    finished: tuple[Path, Path, str], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe, _, _ = finished
    (tmp_path / "outside.py").write_text(OUTSIDE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    settings = {
        "steps": "3",
        "reset.every": "0",
        "evaluation.at": "[1.0]",
        "loss.estimator": "outside:median",
        "loss.estimator_options.scale": "2.0",
        "loss.ratio": "outside:plain",
        "loss.aggregation": "dr_grpo",
        "optimizer.iterations": "2",
    }
    changes = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    harness("train", recipe, "--home", home, *changes)
    (run,) = json.loads(harness("runs", "list", "--home", home, "--json").stdout)
    steps = show(home, run["id"])["steps"]
    assert [step["step"] for step in steps] == [1, 2, 3]
    assert any(step.get("grad_norm", 0) > 0 for step in steps)


def test_a_finished_run_is_not_trained_again_unless_asked(finished: tuple[Path, Path, str]) -> None:
    recipe, home, run = finished
    again = harness("train", recipe, "--home", home)
    assert "was finished before; --fresh starts another" in again.stderr
    assert "Traceback" not in again.stderr
    assert [each["id"] for each in json.loads(harness("runs", "list", "--home", home, "--json").stdout)] == [
        run
    ]


def test_the_boundary_and_the_board_are_drawn_from_what_was_kept(
    finished: tuple[Path, Path, str], tmp_path: Path
) -> None:
    _, home, run = finished
    (boundary,) = json.loads(harness("boundary", run, "--home", home, "--json").stdout)
    assert boundary["benchmark"] == "sums"
    assert boundary["kind"] in {"sustain", "plateau", "diminish", "undecided"}
    harness("board", "export", tmp_path / "board", "--home", home)
    index = (tmp_path / "board" / "index.html").read_text()
    assert "sums" in index
    assert run in index


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("train", "none.toml"), 2, "no recipe at none.toml"),
        (("runs", "show", "no-such-run"), 1, "no-such-run"),
        (("boundary", "no-such-run"), 1, "no-such-run"),
        (("eval", "run", "--model", "m", "--benchmark", "nope"), 1, "no benchmark 'nope'"),
        (("sandbox", "run", "none.py"), 2, "none.py cannot be read"),
        (("grade", "none.jsonl", "-o", "out.jsonl"), 2, "no file of rows at none.jsonl"),
    ],
)
def test_bad_input_is_one_message_and_an_exit_code(
    tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    environment = os.environ | {"HARNESS_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "harness.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr
