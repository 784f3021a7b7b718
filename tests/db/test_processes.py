import signal
import subprocess
import sys
from pathlib import Path

from db.store import Store, open_store
from tests.db.material import group
from tests.db.writer import GROUPS, STEPS

ROOT = Path(__file__).resolve().parents[2]


def start(who: str, url: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.db.writer", who, url]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def begin(url: str) -> Store:
    store = open_store(url)
    store.create_run(id="r", name="r", fingerprint="f", recipe={}, base_model="b", planned_steps=STEPS)
    return store


def test_a_trainer_and_evaluators_write_at_once_and_nothing_is_lost_or_locked(url: str) -> None:
    with begin(url) as store:
        writers = [start(who, url) for who in ("trainer", "evaluator", "evaluator")]
        assert [(writer.communicate()[1], writer.returncode) for writer in writers] == [("", 0)] * 3
        counts = store.counts("r")
        assert (counts.rollouts, counts.verdicts) == (STEPS * GROUPS * 4, STEPS * GROUPS * 4)
        (evaluation,) = store.evaluations()
        tallies = store.tallies(evaluation.id)
        assert [(each.valid, each.correct) for each in tallies] == [(3, 1)] * STEPS


def test_a_trainer_killed_in_the_middle_of_a_step_leaves_whole_steps(url: str) -> None:
    with begin(url) as store:
        writer = start("doomed-trainer", url)
        writer.communicate()
        assert writer.returncode == -signal.SIGKILL
        whole = STEPS // 2 - 1
        assert [step.step for step in store.steps("r")] == list(range(1, whole + 1))
        counts = store.counts("r")
        assert (counts.rollouts, counts.verdicts) == (whole * GROUPS * 4, whole * GROUPS * 4)
        store.keep_step(run_id="r", step=whole + 1, metrics={}, timings={}, kept=group(1), dropped=[])
        assert store.counts("r").rollouts == whole * GROUPS * 4 + 4
