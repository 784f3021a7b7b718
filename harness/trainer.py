"""The training loop: one step is collect, judge, advantage, update, keep; the rest is when to stop.

Every random choice follows from the recipe's seed and the place in the run, and a checkpoint
holds all that changes, so a run killed at any moment goes on to the same numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from db.store import Store
from harness.advantage import Estimator
from harness.checkpoints import Checkpoints, Progress
from harness.collection import Collector
from harness.config import RunConfig
from harness.curation import ProblemMix
from harness.engines.port import RolloutEngine
from harness.evaluator import Evaluator
from harness.group import Group, outcomes, weighted, without_masked
from harness.learners.port import Learner
from harness.reset import ResetController
from harness.stages import plan_stages
from harness.stopwatch import Stopwatch
from harness.telemetry import Telemetry
from rewards.shaping import open_shapings, phases


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
        self._resets = ResetController(plan_stages(config))
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
        self._enter_stage()
        if step == 0:
            self._measure(0)
            self._checkpoint(0)
        with self._parts.telemetry.stage("training", self._config.steps, done=step) as stage:
            while step < self._config.steps and not self._stopping:
                step += 1
                metrics = self._step(step)
                self._decide(step, metrics, self._measure(step))
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
        rewards = self._resets.stage.config.rewards
        metrics = collection.metrics() | phases(open_shapings(rewards.shapings()), step)
        if collection.kept:
            metrics |= self._learn(step, collection.kept, watch)
        parts.store.keep_step(
            run_id=self._run_id,
            step=step,
            metrics=metrics,
            timings=watch.seconds | collection.verdict_seconds(),
            kept=[rollout for group in collection.kept for rollout in group.rollouts],
            dropped=[rollout for group in collection.dropped for rollout in group.rollouts],
        )
        if collection.missing:
            parts.store.keep_event(self._run_id, step, "short_batch", collection.shortage())
        for alert in collection.alerts:
            parts.store.keep_event(self._run_id, step, "alert", alert.detail())
        return metrics

    def _learn(self, step: int, kept: Sequence[Group], watch: Stopwatch) -> Mapping[str, float]:
        """Update the policy on what is not masked, and hand its weights to the engine; the metrics."""
        parts = self._parts
        with watch("train"):
            advantages_PG = weighted(parts.estimator(outcomes(kept)), kept)
            groups, advantages_PG = without_masked(kept, advantages_PG)
            masked = sum(len(group.judged) for group in kept) - sum(len(group.judged) for group in groups)
            if not groups:
                return {"rollouts_masked": float(masked)}
            metrics = parts.learner.update(groups, advantages_PG)
        with watch("weights"):
            parts.engine.load(parts.learner.weights(), step)
        return {**metrics, "rollouts_masked": float(masked)}

    def _measure(self, step: int) -> Mapping[str, float]:
        """Export and measure the policy where the recipe asks for it; the scores that resets rest on."""
        parts, validated = self._parts, self._resets.validates(step)
        planned = step in self._config.evaluation_steps()
        if not (validated or planned):
            return {}
        folder = parts.checkpoints.export(step, parts.learner)
        # Before anything is measured beside the training: what is measured twice is then found.
        scores = parts.evaluator.validate(step, folder, validated)
        if planned:
            parts.store.keep_event(self._run_id, step, "checkpoint", {"model": folder.name})
            parts.evaluator.measure(step, folder)
        return scores

    def _decide(self, step: int, metrics: Mapping[str, float], scores: Mapping[str, float]) -> None:
        """Do what the reset controller decides, and keep it as events with its numbers."""
        parts = self._parts
        decision = self._resets.decide(step, metrics, scores)
        if decision is None:
            return
        if decision.reset is not None:
            source = decision.reset.source
            parts.learner.reset_reference(None if source is None else parts.checkpoints.model(source))
            if decision.reset.optimizer:
                parts.learner.reset_optimizer()
            parts.store.keep_event(self._run_id, step, "reset", decision.reset.detail())
        if decision.stage is not None:
            self._enter_stage()
            parts.store.keep_event(self._run_id, step, "stage", decision.stage.detail())

    def _enter_stage(self) -> None:
        """Train as the stage under way says."""
        config = self._resets.stage.config
        self._parts.collector.adopt(config)
        self._parts.mix.reweight([each.weight for each in config.data])
        self._parts.learner.set_temperature(config.rollout.temperature)

    def _checkpoint(self, step: int) -> None:
        if self._stopping or step % self._config.checkpoint.every == 0 or step == self._config.steps:
            parts = self._parts
            best = self._resets.best_step
            measured = [each for each in self._config.evaluation_steps() if each <= step]
            parts.checkpoints.save(
                parts.learner,
                Progress(
                    step=step,
                    mix=parts.mix.state(),
                    collector=parts.collector.state(),
                    resets=self._resets.state(),
                    models=measured if best is None else [*measured, best],
                ),
            )

    def _resume(self) -> int:
        """Go back to the last whole checkpoint and forget what came after it; the step it stands at."""
        latest = self._parts.checkpoints.latest()
        if latest is None:
            self._parts.store.rewind_run(self._run_id, -1)
            return 0
        progress = latest.progress
        step = progress.step
        self._parts.learner.restore(latest.learner)
        self._parts.engine.load(self._parts.learner.weights(), step)
        self._parts.mix.restore(progress.mix)
        self._parts.collector.restore(progress.collector)
        self._resets.restore(progress.resets)
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
