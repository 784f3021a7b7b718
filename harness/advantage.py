"""Advantage estimators: plain functions from rewards to advantages, and their one table.

Shapes: P problem, G group member; groups may differ in size once unjudged rollouts have left.
"""

import pkgutil
import statistics
from collections.abc import Callable, Sequence
from typing import Final

from harness.errors import ConfigError

Estimator = Callable[[Sequence[Sequence[float]]], list[list[float]]]
"""rewards_PG -> advantages_PG, the same shape."""

EPSILON: Final = 1e-6
"""Added to every standard deviation, as the public codes do. Equal rewards give exact zeros."""


def group_mean_std(rewards_PG: Sequence[Sequence[float]]) -> list[list[float]]:
    """GRPO: how many of its group's standard deviations each reward lies above its group's mean.

    Shao et al. 2024 (arXiv:2402.03300), section 4.1; ProRL (arXiv:2505.24864), eq. 2. The
    deviation is Bessel-corrected, as in the public codes.
    """
    return [_standardised(rewards_G) for rewards_G in rewards_PG]


def group_mean(rewards_PG: Sequence[Sequence[float]]) -> list[list[float]]:
    """Dr. GRPO: each reward less its group's mean, on the reward's own scale.

    Liu et al. 2025 (arXiv:2503.20783), eq. 4.
    """
    return [[reward - statistics.fmean(rewards_G) for reward in rewards_G] for rewards_G in rewards_PG]


def rloo(rewards_PG: Sequence[Sequence[float]]) -> list[list[float]]:
    """Leave-one-out: each reward less the mean of the others in its group.

    Ahmadian et al. 2024 (arXiv:2402.14740), eq. 8. A group of one has nothing to compare: 0.
    """
    return [_leave_one_out(rewards_G) for rewards_G in rewards_PG]


def _leave_one_out(rewards_G: Sequence[float]) -> list[float]:
    if len(set(rewards_G)) < 2:
        return [0.0] * len(rewards_G)
    mean = statistics.fmean(rewards_G)
    scale = len(rewards_G) / (len(rewards_G) - 1)
    return [(reward - mean) * scale for reward in rewards_G]


def _standardised(rewards_G: Sequence[float]) -> list[float]:
    if len(set(rewards_G)) < 2:
        return [0.0] * len(rewards_G)
    mean, deviation = statistics.fmean(rewards_G), statistics.stdev(rewards_G)
    return [(reward - mean) / (deviation + EPSILON) for reward in rewards_G]


ESTIMATORS: Final[dict[str, str]] = {
    "group_mean_std": "harness.advantage:group_mean_std",
    "group_mean": "harness.advantage:group_mean",
    "rloo": "harness.advantage:rloo",
}
"""Name to `module:attribute`; a recipe may name a `module:attribute` of the user's own."""


def open_estimator(name: str) -> Estimator:
    """The estimator called `name`.

    Raises:
        ConfigError: no such estimator.
    """
    target = ESTIMATORS.get(name, name)
    if ":" not in target:
        raise ConfigError(
            f"no advantage estimator {name!r}: have {', '.join(ESTIMATORS)}, "
            "or a 'module:attribute' of your own"
        )
    try:
        estimator: Estimator = pkgutil.resolve_name(target)
    except (ImportError, AttributeError) as error:
        raise ConfigError(f"advantage estimator {name!r} cannot be loaded: {error}") from error
    return estimator
