"""Scripted runs over prompts whose pass rates are known; as a program, a run that may be killed on its way.

`python -m tests.harness.sampling.runs FOLDER N` trains in FOLDER, and kills itself with signal 9 at its
N-th completion.
"""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from db.store import Store, open_store
from evals.sampler import Sampling
from harness.advantage import open_estimator
from harness.checkpoints import Checkpoints
from harness.collection import Collector
from harness.config import RunConfig
from harness.curation import Pool, ProblemMix
from harness.engines.port import Finished, Pull
from harness.engines.scripted import ScriptedEngine
from harness.evaluator import NoEvaluator
from harness.learners.scripted import ScriptedLearner
from harness.telemetry import Telemetry
from harness.trainer import Parts, Trainer
from rewards.grader import Grader, LocalGrader
from rewards.problem import Domain, Problem
from tests.harness.recipes import tiny_recipe

RUN = "scripted-run"
RATES = [0.0, 0.0, 0.0, 0.05, 0.3, 0.5, 0.7, 1.0, 1.0]


def right_at_its_rate(prompt: str, luck: float) -> str:
    """An answer to a prompt of `problems`; wrong ones differ in length, and so in when they end."""
    return "right" if luck < float(prompt.partition(":")[2]) else "wrong" * (1 + int(luck * 1000) % 3)


def problems(rates: Sequence[float]) -> tuple[Problem, ...]:
    """One problem for each pass rate."""
    return tuple(
        Problem(
            domain=Domain.LOGIC,
            prompt=f"{number}:{rate}",
            verifier="scripted",
            reference={"answer": "right"},
            source="scripted:rates",
        )
        for number, rate in enumerate(rates)
    )


def recipe(**changes: Any) -> RunConfig:
    """A recipe for such runs."""
    usual = {
        "steps": 12,
        "rollout": {"n": 4, "prompts": 3, "max_tokens": 32},
        "radar": {"enabled": False},
        "checkpoint": {"every": 3},
    }
    return tiny_recipe(**usual | changes)


def collector(
    rates: Sequence[float], config: RunConfig, grader: Grader, engine: ScriptedEngine | None = None
) -> Collector:
    """A collector over `problems(rates)`."""
    return Collector(
        config=config,
        mix=ProblemMix([Pool(problems=problems(rates), weight=1)], seed=config.seed),
        engine=engine or ScriptedEngine(script=right_at_its_rate, batch_rows=8),
        grader=grader,
    )


class KilledEngine(ScriptedEngine):
    """Kills its process with signal 9 at its n-th completion."""

    def __init__(self, at: int) -> None:
        super().__init__(script=right_at_its_rate, batch_rows=8)
        self._left = at

    def stream(self, pull: Pull, sampling: Sampling) -> Iterator[Finished]:
        for finished in super().stream(pull, sampling):
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            yield finished


def train(folder: Path, engine: ScriptedEngine) -> None:
    """Train the run in `folder` from where it stands to its end."""
    config = recipe()
    with store_in(folder) as store, LocalGrader(sandbox="scripted") as grader:
        if not store.find_runs("f"):
            store.create_run(
                id=RUN, name="rates", fingerprint="f", recipe={}, base_model="m", planned_steps=config.steps
            )
        mix = ProblemMix([Pool(problems=problems(RATES), weight=1)], seed=config.seed)
        parts = Parts(
            engine=engine,
            learner=ScriptedLearner(),
            collector=Collector(config=config, mix=mix, engine=engine, grader=grader),
            estimator=open_estimator("group_mean_std"),
            mix=mix,
            evaluator=NoEvaluator(),
            checkpoints=Checkpoints(folder / "run", keep=2),
            store=store,
            telemetry=Telemetry(),
        )
        assert Trainer(run_id=RUN, config=config, parts=parts).run()


def store_in(folder: Path) -> Store:
    """The database of the run in `folder`."""
    return open_store(f"sqlite:///{folder / 'harness.db'}")


if __name__ == "__main__":
    train(Path(sys.argv[1]), KilledEngine(int(sys.argv[2])))
