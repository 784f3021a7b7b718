"""Advantage estimators: plain functions from a step's rewards to advantages, and their one table.

Shapes: P problem, G group member; groups may differ in size once unjudged rollouts have left.
Does not cover: how an advantage enters the loss (`harness.learners.ratio`).
"""

import functools
import inspect
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from harness.errors import ConfigError
from harness.lookup import resolve

EPSILON: Final = 1e-6
"""Added to every standard deviation. verl and NeMo-RL have this one, AReaL 1e-5, TRL 1e-4, OpenRLHF 1e-9."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What the judged rollouts of one step came to, problem by problem."""

    rewards_PG: Sequence[Sequence[float]]
    lengths_PG: Sequence[Sequence[int]]
    """Completion tokens, of the same shape."""


Estimator = Callable[[Outcomes], list[list[float]]]
"""Gives advantages_PG, of the shape of the rewards. May take options by keyword, all with a default."""


def group_mean_std(outcomes: Outcomes, *, epsilon: float = EPSILON, bessel: bool = True) -> list[list[float]]:
    """GRPO: how many of its group's standard deviations each reward lies above its group's mean.

    Shao et al. 2024 (arXiv:2402.03300), section 4.1; ProRL (arXiv:2505.24864), eq. 2. The papers do not
    say which deviation; the public codes correct it by Bessel's n / (n - 1).
    """
    return [
        _scaled(_centred(rewards_G), _deviation(rewards_G, bessel=bessel), epsilon)
        for rewards_G in outcomes.rewards_PG
    ]


def group_mean(outcomes: Outcomes) -> list[list[float]]:
    """Dr. GRPO: each reward less its group's mean, on the reward's own scale.

    Liu et al. 2025 (arXiv:2503.20783), eq. 4.
    """
    return [_centred(rewards_G) for rewards_G in outcomes.rewards_PG]


def rloo(outcomes: Outcomes) -> list[list[float]]:
    """Leave-one-out: each reward less the mean of the others in its group.

    Ahmadian et al. 2024 (arXiv:2402.14740), eq. 8. A group of one has nothing to compare: 0.
    """
    return [
        [value * len(rewards_G) / max(1, len(rewards_G) - 1) for value in _centred(rewards_G)]
        for rewards_G in outcomes.rewards_PG
    ]


def batch_std(outcomes: Outcomes, *, epsilon: float = EPSILON, bessel: bool = True) -> list[list[float]]:
    """Each reward less its group's mean, in standard deviations of all rewards of the step.

    TRL's `scale_rewards="batch"`; Liu et al. 2025, "Tricks or traps" (arXiv:2508.08221).
    """
    deviation = _deviation(list(chain.from_iterable(outcomes.rewards_PG)), bessel=bessel)
    return [_scaled(_centred(rewards_G), deviation, epsilon) for rewards_G in outcomes.rewards_PG]


def reinforce_pp_baseline(
    outcomes: Outcomes, *, epsilon: float = EPSILON, bessel: bool = True
) -> list[list[float]]:
    """REINFORCE++-baseline as ProRL v2 writes it: centred by group, whitened over the step's trajectories.

    ProRL v2, section 1; Hu et al. 2025 (arXiv:2501.03262). Each trajectory counts once, however long it
    is. The mean over the step is 0 by then, since each group's is.
    """
    centred_PG = [_centred(rewards_G) for rewards_G in outcomes.rewards_PG]
    deviation = _deviation(list(chain.from_iterable(centred_PG)), bessel=bessel)
    return [_scaled(centred_G, deviation, epsilon) for centred_G in centred_PG]


def reinforce_pp_baseline_tokens(
    outcomes: Outcomes, *, epsilon: float = EPSILON, bessel: bool = False
) -> list[list[float]]:
    """REINFORCE++-baseline as the public codes compute it: whitened over the step's tokens.

    Every token carries its trajectory's centred reward, so a long answer counts for more, and short
    ones move away from 0. Without Bessel's correction as in OpenRLHF and NeMo-RL; verl has it.
    """
    centred_PG = [_centred(rewards_G) for rewards_G in outcomes.rewards_PG]
    values, weights = list(chain.from_iterable(centred_PG)), list(chain.from_iterable(outcomes.lengths_PG))
    if len(set(values)) < 2:
        return [[0.0] * len(centred_G) for centred_G in centred_PG]
    tokens = sum(weights)
    mean = _weighted(values, weights) / tokens
    square = _weighted([(value - mean) ** 2 for value in values], weights)
    deviation = math.sqrt(square / (tokens - 1 if bessel else tokens))
    return [[(value - mean) / (deviation + epsilon) for value in centred_G] for centred_G in centred_PG]


def _centred(rewards_G: Sequence[float]) -> list[float]:
    """Equal rewards give exact zeros, which their rounded mean would not."""
    if len(set(rewards_G)) < 2:
        return [0.0] * len(rewards_G)
    mean = statistics.fmean(rewards_G)
    return [reward - mean for reward in rewards_G]


def _deviation(values: Sequence[float], *, bessel: bool) -> float:
    if len(set(values)) < 2:
        return 0.0
    return statistics.stdev(values) if bessel else statistics.pstdev(values)


def _scaled(values: Sequence[float], deviation: float, epsilon: float) -> list[float]:
    return [value / (deviation + epsilon) if value else 0.0 for value in values]


def _weighted(values: Sequence[float], weights: Sequence[int]) -> float:
    return math.fsum(value * weight for value, weight in zip(values, weights, strict=True))


ESTIMATORS: Final[dict[str, str]] = {
    "group_mean_std": "harness.advantage:group_mean_std",
    "group_mean": "harness.advantage:group_mean",
    "rloo": "harness.advantage:rloo",
    "batch_std": "harness.advantage:batch_std",
    "reinforce_pp_baseline": "harness.advantage:reinforce_pp_baseline",
    "reinforce_pp_baseline_tokens": "harness.advantage:reinforce_pp_baseline_tokens",
}
"""Name to `module:attribute`; a recipe may name a `module:attribute` of the user's own."""


def open_estimator(name: str, options: Mapping[str, Any] | None = None) -> Estimator:
    """The estimator called `name`, with its options given.

    Raises:
        ConfigError: no such estimator, or it takes no such option.
    """
    estimator: Callable[..., list[list[float]]] = resolve(name, ESTIMATORS, "advantage estimator")
    known = list(inspect.signature(estimator).parameters)[1:]
    for option in options or {}:
        if option not in known:
            raise ConfigError(
                f"advantage estimator {name!r} takes no option {option!r}: have {', '.join(known) or 'none'}"
            )
    return functools.partial(estimator, **options or {})
