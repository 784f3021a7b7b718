"""The port through which a run has its checkpoints measured, and the way that does it at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from db.store import Store
from evals.benchmark import Benchmark, content_version
from evals.metrics import average
from evals.report import Report
from evals.runner import evaluate
from evals.sampler import Sampler, Sampling
from harness.config import RunConfig
from harness.telemetry import Stage, Telemetry
from rewards.grader import Grader

Progress = Callable[[int, int], None]
"""Called with completions judged and completions in all."""


class Evaluator(Protocol):
    """Measures checkpoints of one run."""

    def measure(self, step: int, folder: Path) -> None:
        """Measure the policy after `step`, exported at `folder`, now or beside the training."""
        ...

    def validate(self, step: int, folder: Path, sets: Sequence[str]) -> Mapping[str, float]:
        """pass@1 of the policy after `step` on some evaluation sets, waited for.

        A set of which nothing could be judged is missing.

        Raises:
            HarnessError: something could not be measured.
        """
        ...

    def finish(self) -> None:
        """Wait until everything handed in is measured."""
        ...

    def close(self) -> None:
        """Let go of processes; what was measured is kept. Safe to call twice."""
        ...


class NoEvaluator:
    """Measures nothing: for runs without evaluation sets."""

    def measure(self, step: int, folder: Path) -> None:
        """Do nothing."""

    def validate(self, step: int, folder: Path, sets: Sequence[str]) -> Mapping[str, float]:
        """No scores."""
        return {}

    def finish(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def model_label(run_id: str, step: int) -> str:
    """How one checkpoint of a run is called wherever models are listed."""
    return f"{run_id}@{step}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One model to be measured on one benchmark."""

    benchmark: Benchmark
    sampling: Sampling
    model: str
    """Which weights, as listed everywhere."""
    run_id: str | None = None
    step: int | None = None
    """Of the run, where the model is one of its checkpoints."""


def checkpoint_measurements(config: RunConfig, run_id: str, step: int) -> dict[str, Measurement]:
    """What a recipe asks to be measured of one checkpoint, by the evaluation set's name."""
    evaluation = config.evaluation
    return {
        each.name: Measurement(
            benchmark=each.benchmark(),
            sampling=Sampling(
                n=each.samples or evaluation.samples,
                temperature=evaluation.temperature,
                top_p=evaluation.top_p,
                max_tokens=each.max_tokens or evaluation.max_tokens,
                seed=config.seed,
            ),
            model=model_label(run_id, step),
            run_id=run_id,
            step=step,
        )
        for each in evaluation.sets
    }


def pass_1(report: Report) -> float | None:
    """The report's pass@1, or None where nothing was judged."""
    estimate = average(report)
    return None if estimate is None else estimate.value


class Bench:
    """Measures models and keeps every rollout; goes on where it was killed."""

    def __init__(self, *, store: Store, grader: Grader, sampler: Sampler) -> None:
        """Sample from `sampler`, grade by `grader`, keep in `store`."""
        self._store = store
        self._grader = grader
        self._sampler = sampler

    def measure(self, wanted: Measurement, progress: Progress) -> Report:
        """The report, from the store where it is already there."""
        problems = wanted.benchmark.problems()
        state = self._store.begin_evaluation(
            model=wanted.model,
            run_id=wanted.run_id,
            step=wanted.step,
            benchmark=wanted.benchmark,
            version=content_version(problems),
            sampling=wanted.sampling,
        )
        if state.report is not None:
            return state.report
        total = len(problems) * wanted.sampling.n
        report = evaluate(
            wanted.benchmark,
            sampler=self._sampler,
            grader=self._grader,
            sampling=wanted.sampling,
            model=wanted.model,
            keep=lambda rollouts: self._store.keep_evaluation_rollouts(state.id, rollouts),
            done=self._store.tallies(state.id),
            on_progress=lambda count: progress(count, total),
        )
        self._store.finish_evaluation(state.id, report)
        return report


class InlineEvaluator:
    """Measures at once, with the engine and grader that train."""

    def __init__(self, *, run_id: str, config: RunConfig, bench: Bench, telemetry: Telemetry) -> None:
        """Measure the run `run_id` as its recipe asks for."""
        self._run_id = run_id
        self._config = config
        self._bench = bench
        self._telemetry = telemetry

    def measure(self, step: int, folder: Path) -> None:
        """Measure the engine's present weights, which are those exported at `folder`."""
        del folder
        for wanted in checkpoint_measurements(self._config, self._run_id, step).values():
            self._report(wanted)

    def validate(self, step: int, folder: Path, sets: Sequence[str]) -> Mapping[str, float]:
        """pass@1 of the engine's present weights."""
        del folder
        wanted = checkpoint_measurements(self._config, self._run_id, step)
        scores = {name: pass_1(self._report(wanted[name])) for name in sets}
        return {name: score for name, score in scores.items() if score is not None}

    def _report(self, wanted: Measurement) -> Report:
        with self._telemetry.stage(f"measuring {wanted.model} on {wanted.benchmark.name}", 1) as stage:
            return self._bench.measure(wanted, _shown_on(stage))

    def finish(self) -> None:
        """Everything was measured when it was handed in."""

    def close(self) -> None:
        """The engine and grader belong to the trainer."""


def _shown_on(stage: Stage) -> Progress:
    return lambda done, total: stage.update(done, total=total)
