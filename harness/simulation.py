"""A whole schedule in seconds: the run's own controller, driven by metrics that are made up.

The policy of this world gets better until it stalls, and worse if it goes on for long after that; a
reset lets it grow again, towards a lower ceiling each time. Its KL grows with the root of the steps
since the last reset. What is read off is when stages, resets and penalty phases come, not how good
a policy becomes.
"""

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.config import RunConfig
from harness.reset import ResetController, ResetDecision, StageChange
from harness.stages import StagePlan, plan_stages
from rewards.shaping import open_shapings


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """How the made-up metrics behave; the defaults stall a run every few hundred steps."""

    seed: int = 0
    growth: float = 60.0
    """Steps after which a policy has made 63% of what it will between two resets."""
    patience: int = 250
    """Steps since a reset after which validation falls."""
    noise: float = 0.002
    """Standard deviation of a validation's pass@1."""
    kl_step: float = 1e-3
    """`kl_ref` one step after a reset, in nats a token."""
    spikes: frozenset[int] = frozenset()
    """Steps at which the KL is fifty times what it would be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Steps in a row under one stage or with one shaping, both ends included."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What came when."""

    stages: tuple[tuple[Stretch, StagePlan], ...]
    changes: tuple[tuple[int, StageChange], ...]
    resets: tuple[tuple[int, ResetDecision], ...]
    phases: tuple[Stretch, ...]
    """Shapings of rewards, in the order in which they begin."""


def simulate(config: RunConfig, world: World | None = None) -> Simulation:
    """Go through all of a recipe's steps; equal arguments give equal simulations."""
    world = world or World()
    controller, metrics = ResetController(plan_stages(config)), _Metrics(world)
    resets: list[tuple[int, ResetDecision]] = []
    changes: list[tuple[int, StageChange]] = []
    stages: list[StagePlan] = []
    active: dict[str, list[int]] = {}
    for step in range(1, config.steps + 1):
        stages.append(controller.stage)
        for name, shaping in open_shapings(controller.stage.config.rewards.shapings()).items():
            if shaping.active(step):
                active.setdefault(name, []).append(step)
        made = metrics.after(step)
        scores = {name: metrics.score(step) for name in controller.validates(step)}
        decision = controller.decide(step, made, scores)
        if decision is not None and decision.stage is not None:
            changes.append((step, decision.stage))
        if decision is not None and decision.reset is not None:
            resets.append((step, decision.reset))
            metrics.reset(step)
    return Simulation(
        stages=tuple(_stretches_of_stages(stages)),
        changes=tuple(changes),
        resets=tuple(resets),
        phases=tuple(
            sorted(
                (each for name, steps in active.items() for each in _stretches(name, steps)),
                key=lambda each: (each.first, each.name),
            )
        ),
    )


class _Metrics:
    """The made-up metrics; `score` may be asked several times a step."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._chance = random.Random(world.seed)
        self._since = 0
        self._start, self._room = 0.2, 0.6

    def after(self, step: int) -> Mapping[str, float]:
        world = self._world
        kl = world.kl_step * math.sqrt(step - self._since) * self._chance.uniform(0.9, 1.1)
        return {
            "kl_ref": kl * (50 if step in world.spikes else 1),
            "entropy": self._chance.uniform(0.4, 0.5),
            "reward_mean": self._skill(step),
        }

    def score(self, step: int) -> float:
        return min(max(self._skill(step) + self._chance.gauss(0, self._world.noise), 0.0), 1.0)

    def reset(self, step: int) -> None:
        self._start = self._skill(step)
        self._room = (1 - self._start) * 0.4
        self._since = step

    def _skill(self, step: int) -> float:
        age = step - self._since
        grown = self._room * (1 - math.exp(-age / self._world.growth))
        lost = max(0, age - self._world.patience) * 5e-4
        return max(self._start + grown - lost, 0.0)


def _stretches(name: str, steps: list[int]) -> Iterator[Stretch]:
    first = last = steps[0]
    for step in steps[1:]:
        if step != last + 1:
            yield Stretch(name=name, first=first, last=last)
            first = step
        last = step
    yield Stretch(name=name, first=first, last=last)


def _stretches_of_stages(stages: list[StagePlan]) -> Iterator[tuple[Stretch, StagePlan]]:
    first = 1
    for step, stage in enumerate(stages, start=1):
        if step == len(stages) or stages[step] is not stage:
            yield Stretch(name=stage.name, first=first, last=step), stage
            first = step + 1
