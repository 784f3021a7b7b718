"""From problems to groups worth training on: drawn, graded meanwhile, kept, carried or dropped.

Not covered: how a step is drawn (`harness.sampling.drawing`), and which prompts rest
(`harness.sampling.outlook`).
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from evals.judging import rewarded
from evals.rollout import Rollout
from evals.sampler import Sampling
from harness.collected import Collection
from harness.config import RunConfig
from harness.curation import ProblemMix
from harness.engines.port import RolloutEngine
from harness.errors import TrainingError
from harness.group import Group
from harness.sampling.carried import group_of, group_state
from harness.sampling.desk import GradingDesk, Ticket
from harness.sampling.drawing import Drawing, Plan
from harness.sampling.outlook import Outlook
from harness.stopwatch import Stopwatch
from rewards.audit.radar import Alert, Limits, Observation, Radar
from rewards.grader import Grader
from rewards.problem import Problem
from rewards.rubric import Rubric
from rewards.shaping import open_shapings
from rewards.verdict import Verdict


class Collector:
    """Draws groups for a step until enough of them carry a signal."""

    def __init__(self, *, config: RunConfig, mix: ProblemMix, engine: RolloutEngine, grader: Grader) -> None:
        """Collect as `config` says."""
        self._config = config
        self._mix = mix
        self._engine = engine
        self._grader = grader
        self._rubric = _rubric(config, step=0)
        self._outlook = Outlook(n=config.rollout.n, recheck=config.dynamic_sampling.recheck, seed=config.seed)
        self._carried: list[Group] = []
        self._temperature = config.rollout.temperature
        """Of those carried: at another one their log-probabilities would be another policy's."""
        self._rested = 0
        self.radar = Radar(Limits(**config.radar.model_dump(exclude={"enabled", "hold"})))

    def adopt(self, config: RunConfig) -> None:
        """Collect as `config` says from the next step on."""
        self._config = config
        self._outlook.n = config.rollout.n

    def collect(self, step: int, watch: Stopwatch) -> Collection:
        """The groups of one step.

        Raises:
            TrainingError: not one answer of the step could be judged.
            GradingError: the grader as a whole failed.
        """
        self._rubric = _rubric(self._config, step=step)
        carried, self._rested = [self._masked(group) for group in self._carried], 0
        alike = self._temperature == self._config.rollout.temperature
        usable = [group for group in carried if group.has_signal] if alike else []
        self._temperature = self._config.rollout.temperature
        fresh = self._draw(self._plan(step, len(usable)), watch)
        if not any(group.judged for group in [*carried, *fresh]):
            raise TrainingError(f"step {step}: {self._why_unjudged([*fresh, *carried][0].rollouts[0])}")
        if self._config.dynamic_sampling.enabled:
            self._outlook.end_step([(each.problem.id, each.rewards, each.has_signal) for each in fresh])
        collection = self._sorted(step, usable, carried, fresh)
        self._carried = list(collection.carried)
        self._mix.settle((group.problem for group in collection.kept), trained=True)
        self._mix.settle((group.problem for group in collection.dropped), trained=False)
        return replace(collection, mix=self._mix.shares())

    def state(self) -> dict[str, Any]:
        """All that a later step depends on, as JSON values."""
        return {
            "carried": [group_state(group) for group in self._carried],
            "temperature": self._temperature,
            "outlook": self._outlook.state(),
            "radar": self.radar.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""
        self._carried = [group_of(each) for each in state["carried"]]
        self._temperature = state["temperature"]
        self._outlook.restore(state["outlook"])
        self.radar.restore(state["radar"])

    def _plan(self, step: int, carried: int) -> Plan:
        dynamic, rollout = self._config.dynamic_sampling, self._config.rollout
        wanted = max(0, rollout.prompts - carried)
        spares = dynamic.enabled and dynamic.max_age > 0 and step < self._config.steps
        return Plan(
            step=step,
            seed=self._config.seed,
            n=rollout.n,
            wanted=wanted,
            # One standard deviation of what is still unknown, so that mostly nobody is waited for alone.
            margin=math.sqrt(wanted * (1 - min(1.0, self._outlook.rate()))) if spares else 0.0,
            most=dynamic.max_rounds * rollout.prompts if dynamic.enabled else wanted,
            any_group=not dynamic.enabled,
        )

    def _draw(self, plan: Plan, watch: Stopwatch) -> list[Group]:
        """Draw the step's groups while the desk grades."""
        rollout = self._config.rollout
        sampling = Sampling(
            n=rollout.n,
            temperature=rollout.temperature,
            top_p=rollout.top_p,
            max_tokens=rollout.max_tokens,
            seed=plan.seed,
        )
        desk = GradingDesk(self._grader, clerks=self._config.rewards.clerks)
        drawing = Drawing(plan, choose=self._choose, judged=self._judged, outlook=self._outlook, desk=desk)
        started = time.perf_counter()
        try:
            for finished in self._engine.stream(drawing.pull, sampling):
                drawing.take(finished)
            groups = drawing.groups()
        finally:
            desk.close()
        watch.seconds["rollout"] += time.perf_counter() - started - desk.waited_seconds
        watch.seconds["reward_wait"] += desk.waited_seconds
        watch.seconds["reward"] += desk.busy_seconds
        return groups

    def _choose(self) -> tuple[Problem, float]:
        """The next prompt whose turn it is and that does not rest, and its weight."""
        while True:
            (problem,) = self._mix.draw(1)
            if not self._config.dynamic_sampling.enabled:
                return problem, 1.0
            weight = 1 / self._outlook.visit_chance(problem.id)
            if self._outlook.roll(problem.id):
                return problem, weight
            self._mix.settle([problem], trained=False)
            self._rested += 1

    def _judged(self, ticket: Ticket) -> Rollout:
        verdict = ticket.verdict
        assert verdict is not None, "the desk is waited for"  # noqa: S101 - for the type checker
        rollout = rewarded(ticket.problem, ticket.index, ticket.completion, verdict, self._rubric)
        return replace(rollout, reward=None) if self._held(verdict) else rollout

    def _held(self, verdict: Verdict) -> bool:
        return self._config.radar.hold and verdict.verifier in self.radar.suspects

    def _masked(self, group: Group) -> Group:
        """A carried group as it is now that other verifiers may be held than when it was drawn."""
        if not any(self._held(each.verdict) for each in group.rollouts):
            return group
        rollouts = tuple(
            replace(each, reward=None) if self._held(each.verdict) else each for each in group.rollouts
        )
        return replace(group, rollouts=rollouts)

    def _sorted(
        self, step: int, usable: Sequence[Group], carried: Sequence[Group], fresh: Sequence[Group]
    ) -> Collection:
        """Who is trained on, who waits for the next step, and who is let go."""
        dynamic = self._config.dynamic_sampling
        line = [
            each for each in [*usable, *fresh] if each.has_signal or (each.judged and not dynamic.enabled)
        ]
        kept, rest = line[: self._config.rollout.prompts], line[self._config.rollout.prompts :]
        youngest_that_waits = math.inf if step == self._config.steps else step - dynamic.max_age
        waiting = [group for group in rest if group.version >= youngest_that_waits]
        taken = {id(group) for group in kept + waiting}
        return Collection(
            kept=tuple(kept),
            dropped=tuple(group for group in [*carried, *fresh] if id(group) not in taken),
            carried=tuple(waiting),
            fresh=tuple(fresh),
            wanted=self._config.rollout.prompts,
            rested=self._rested,
            alerts=tuple(self._watch(fresh)) if self._config.radar.enabled else (),
        )

    def _watch(self, groups: Sequence[Group]) -> list[Alert]:
        """Show the radar what was judged, also what is held."""
        return self.radar.observe(
            Observation(
                problem=group.problem.id,
                domain=group.problem.domain,
                verdict=rollout.verdict,
                chars=len(rollout.completion.text),
            )
            for group in groups
            for rollout in group.rollouts
        )

    def _why_unjudged(self, rollout: Rollout) -> str:
        verdict = rollout.verdict
        if verdict.judged:
            return (
                f"the rewards of all its verifiers are held by the radar ({verdict.verifier} among them); "
                "`harness runs show` has the alerts. The run is safe: mend the verifier and run the same "
                "command again"
            )
        return (
            f"not one of its answers could be graded ({verdict.verifier}: {verdict.detail}). "
            "The run is safe: mend the grader and run the same command again"
        )


def _rubric(config: RunConfig, *, step: int) -> Rubric:
    shapings = open_shapings(config.rewards.shapings())
    return Rubric(
        thresholds=config.rewards.thresholds,
        shapings=tuple(each for each in shapings.values() if each.active(step)),
        max_tokens=config.rollout.max_tokens,
        mask_truncated=config.rewards.mask_truncated,
    )
