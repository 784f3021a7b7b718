"""The port through which a run has its checkpoints measured, and the way that does it at once."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from db.store import Store
from evals.benchmark import Benchmark, content_version
from evals.report import Report
from evals.runner import evaluate
from evals.sampler import Sampler, Sampling
from harness.config import Evaluation
from harness.telemetry import Stage, Telemetry
from rewards.grader import Grader

Progress = Callable[[int, int, str], None]
"""Called with completions judged, completions in all, and what is measured."""


class Evaluator(Protocol):
    """Measures checkpoints of one run."""

    def measure(self, step: int, folder: Path) -> None:
        """Measure the policy after `step`, exported at `folder`, now or beside the training."""
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

    def finish(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def model_label(run_id: str, step: int) -> str:
    """How one checkpoint of a run is called wherever models are listed."""
    return f"{run_id}@{step}"


def evaluation_sampling(config: Evaluation, seed: int) -> Sampling:
    """The sampling that a recipe's evaluation asks for."""
    return Sampling(
        n=config.samples,
        temperature=config.temperature,
        top_p=config.top_p,
        max_tokens=config.max_tokens,
        seed=seed,
    )


class BenchmarkRun:
    """Measures one model on one benchmark and keeps every rollout; goes on where it was killed."""

    def __init__(self, *, store: Store, grader: Grader, sampler: Sampler, sampling: Sampling) -> None:
        """Sample by `sampling` from `sampler`, grade by `grader`, keep in `store`."""
        self._store = store
        self._grader = grader
        self._sampler = sampler
        self._sampling = sampling

    def measure(
        self, benchmark: Benchmark, *, model: str, run_id: str | None, step: int | None, progress: Progress
    ) -> Report:
        """The report, from the store where it is already there."""
        problems = benchmark.problems()
        state = self._store.begin_evaluation(
            model=model,
            run_id=run_id,
            step=step,
            benchmark=benchmark,
            version=content_version(problems),
            sampling=self._sampling,
        )
        if state.report is not None:
            return state.report
        total = len(problems) * self._sampling.n
        report = evaluate(
            benchmark,
            sampler=self._sampler,
            grader=self._grader,
            sampling=self._sampling,
            model=model,
            keep=lambda rollouts: self._store.keep_evaluation_rollouts(state.id, rollouts),
            done=self._store.tallies(state.id),
            on_progress=lambda count: progress(count, total, f"{model} on {benchmark.name}"),
        )
        self._store.finish_evaluation(state.id, report)
        return report


class InlineEvaluator:
    """Measures at once, with the engine and grader that train."""

    def __init__(
        self, *, run_id: str, bench: BenchmarkRun, benchmarks: list[Benchmark], telemetry: Telemetry
    ) -> None:
        """Measure the run `run_id` on `benchmarks`."""
        self._run_id = run_id
        self._bench = bench
        self._benchmarks = benchmarks
        self._telemetry = telemetry

    def measure(self, step: int, folder: Path) -> None:
        """Measure the engine's present weights, which are those exported at `folder`."""
        del folder
        label = model_label(self._run_id, step)
        for benchmark in self._benchmarks:
            with self._telemetry.stage(f"measuring {label} on {benchmark.name}", 1) as stage:
                self._bench.measure(
                    benchmark,
                    model=label,
                    run_id=self._run_id,
                    step=step,
                    progress=_shown_on(stage),
                )

    def finish(self) -> None:
        """Everything was measured when it was handed in."""

    def close(self) -> None:
        """The engine and grader belong to the trainer."""


def _shown_on(stage: Stage) -> Progress:
    return lambda done, total, _text: stage.update(done, total=total)
