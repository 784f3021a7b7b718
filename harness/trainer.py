"""The training loop: one step is collect, judge, advantage, update, keep; the rest is when to stop.

Every random choice follows from the recipe's seed and the place in the run, and a checkpoint
holds all that changes, so a run killed at any moment goes on to the same numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from db.store import Store
from harness.advantage import Estimator
from harness.checkpoints import Checkpoints
from harness.collection import Collector
from harness.config import RunConfig
from harness.curation import ProblemMix
from harness.engines.port import RolloutEngine
from harness.evaluator import Evaluator
from harness.group import outcomes
from harness.learners.port import Learner
from harness.reset import ResetController
from harness.stopwatch import Stopwatch
from harness.telemetry import Telemetry


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a trainer is made of; `harness.wiring` puts it together."""

    engine: RolloutEngine
    learner: Learner
    collector: Collector
    estimator: Estimator
    mix: ProblemMix
    evaluator: Evaluator
    checkpoints: Checkpoints
    store: Store
    telemetry: Telemetry


class Trainer:
    """Trains one run from where it stands to its end, or until told to stop."""

    def __init__(self, *, run_id: str, config: RunConfig, parts: Parts) -> None:
        """Train the run `run_id`, which the store already knows."""
        self._run_id = run_id
        self._config = config
        self._parts = parts
        self._resets = ResetController(config.reset, steps=config.steps)
        self._stopping = self._finishing = False

    def stop(self) -> None:
        """End after the step under way, with a checkpoint. Called from a signal handler.

        Raises:
            KeyboardInterrupt: the last step is done, and only measuring is waited for.
        """
        if self._finishing:
            raise KeyboardInterrupt
        self._stopping = True

    def run(self) -> bool:
        """Go through the remaining steps; whether the run came to its end."""
        step = self._resume()
        if step == 0:
            self._measure(0)
            self._checkpoint(0)
        with self._parts.telemetry.stage("training", self._config.steps, done=step) as stage:
            while step < self._config.steps and not self._stopping:
                step += 1
                metrics = self._step(step)
                self._measure(step)
                self._reset(step, metrics)
                self._checkpoint(step)
                stage.update(step, _summary(metrics))
        if step < self._config.steps:
            self._parts.store.set_run_status(self._run_id, "stopped")
            return False
        self._finishing = True
        self._parts.evaluator.finish()
        self._parts.store.set_run_status(self._run_id, "finished")
        return True

    def _step(self, step: int) -> Mapping[str, float]:
        """One GRPO step: draw and judge groups, turn rewards to advantages, update, keep everything."""
        parts, watch = self._parts, Stopwatch()
        collection = parts.collector.collect(step, watch)
        metrics = collection.metrics()
        if collection.kept:
            with watch("update"):
                advantages_PG = parts.estimator(outcomes(collection.kept))
                metrics |= parts.learner.update(collection.kept, advantages_PG)
                parts.engine.load(parts.learner.weights(), step)
        parts.store.keep_step(
            run_id=self._run_id,
            step=step,
            metrics=metrics,
            timings=watch.seconds,
            kept=[rollout for group in collection.kept for rollout in group.rollouts],
            dropped=[rollout for group in collection.dropped for rollout in group.rollouts],
        )
        for alert in collection.alerts:
            parts.store.keep_event(self._run_id, step, "alert", alert.detail())
        return metrics

    def _measure(self, step: int) -> None:
        """Export and measure the policy where the recipe asks for it."""
        if step not in self._config.evaluation_steps():
            return
        folder = self._parts.checkpoints.export(step, self._parts.learner)
        self._parts.store.keep_event(self._run_id, step, "checkpoint", {"model": folder.name})
        self._parts.evaluator.measure(step, folder)

    def _reset(self, step: int, metrics: Mapping[str, float]) -> None:
        """Reset reference and optimizer where the controller decides so."""
        decision = self._resets.decide(step, metrics)
        if decision is None:
            return
        self._parts.learner.reset_reference()
        if decision.optimizer:
            self._parts.learner.reset_optimizer()
        self._parts.store.keep_event(self._run_id, step, "reset", decision.detail())

    def _checkpoint(self, step: int) -> None:
        if self._stopping or step % self._config.checkpoint.every == 0 or step == self._config.steps:
            parts = self._parts
            parts.checkpoints.save(step, parts.learner, parts.mix.state(), parts.collector.radar.state())

    def _resume(self) -> int:
        """Go back to the last whole checkpoint and forget what came after it; the step it stands at."""
        latest = self._parts.checkpoints.latest()
        if latest is None:
            self._parts.store.rewind_run(self._run_id, -1)
            return 0
        step = latest.step
        self._parts.learner.restore(latest.learner)
        self._parts.engine.load(self._parts.learner.weights(), step)
        self._parts.mix.restore(latest.mix)
        if latest.radar is not None:
            self._parts.collector.radar.restore(latest.radar)
        self._parts.store.rewind_run(self._run_id, step)
        self._parts.telemetry.say(f"going on from step {step} of run {self._run_id}")
        for measured in self._config.evaluation_steps():
            if measured <= step:
                self._parts.evaluator.measure(measured, self._parts.checkpoints.model(measured))
        return step


def _summary(metrics: Mapping[str, float]) -> str:
    shown = {
        "reward": metrics["reward_mean"],
        "entropy": metrics.get("entropy"),
        "kl": metrics.get("kl_ref"),
        "length": metrics["length_mean"],
        "dropped": metrics["groups_dropped_share"],
    }
    return "  ".join(f"{name} {value:.3g}" for name, value in shown.items() if value is not None)
