"""What the way a completion ended does to its reward: plain objects, composed in one order.

Each takes a reward and gives one; off by default. A shaped reward may leave [0, 1], also below 0:
it is the rollout's, for training. The verdict's own reward is never touched, and evaluations see
no shaping. Not covered: leaving truncated completions out of the loss (`Rubric.mask_truncated`).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a completion ended."""

    tokens: int
    """Of the completion, with the end token where there is one."""
    limit: int
    """Tokens that it could have had."""
    truncated: bool
    """Whether the limit ended it."""


class Shaping(Protocol):
    """One change of rewards by how completions end."""

    def active(self, step: int) -> bool:
        """Whether it does anything in training step `step`, from 1."""
        ...

    def shape(self, reward: float, ending: Ending) -> float:
        """What becomes of the reward."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TruncatedFactor:
    """A factor on the reward of what did not end by itself.

    The stop-properly penalty: ProRL v1 (arXiv 2505.24864) from run 4 on, v2 with 0; neither more
    nor less than `reward * factor`.
    """

    factor: float

    def active(self, step: int) -> bool:
        """Always."""
        return True

    def shape(self, reward: float, ending: Ending) -> float:
        """The reward times the factor where the limit ended the completion."""
        return reward * self.factor if ending.truncated else reward


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftOverlong:
    """A ramp over the last `buffer` tokens before the limit, from 0 down to `-weight`.

    DAPO (Yu et al. 2025, arXiv:2503.14476, eq. 13).
    """

    buffer: int
    weight: float

    def active(self, step: int) -> bool:
        """Always."""
        return True

    def shape(self, reward: float, ending: Ending) -> float:
        """The reward less the weight times the share of the buffer that is used up."""
        used = min(max(ending.tokens - (ending.limit - self.buffer), 0), self.buffer)
        return reward - self.weight * used / self.buffer


@dataclass(frozen=True, slots=True, kw_only=True)
class CosineLength:
    """A bonus that falls with the length, from `eta_max` at 0 tokens to `eta_min` at the limit, in cycles.

    ProRL v2: eta(t) = eta_min + (eta_max - eta_min) (1 + cos(pi t / T)) / 2, R' = R + lambda eta; t
    is the completion's length, T the limit. It goes to every judged answer, right or wrong. `on`
    steps with it, then `off` without, from step 1 on: the phase follows from the step alone.
    """

    weight: float
    """lambda."""
    eta_min: float
    eta_max: float
    on: int
    off: int
    """0 leaves it on always."""

    def active(self, step: int) -> bool:
        """Whether `step` lies in an `on` phase."""
        return (step - 1) % (self.on + self.off) < self.on

    def shape(self, reward: float, ending: Ending) -> float:
        """The reward and the bonus of the completion's length."""
        share = min(ending.tokens / ending.limit, 1.0)
        eta = self.eta_min + (self.eta_max - self.eta_min) * (1 + math.cos(math.pi * share)) / 2
        return reward + self.weight * eta


SHAPINGS: Final[Mapping[str, Callable[..., Shaping]]] = {
    "truncated_factor": TruncatedFactor,
    "soft_overlong": SoftOverlong,
    "cosine_length": CosineLength,
}
"""By the name of the recipe's key under `[rewards]`, in the order in which they are applied: the
factor acts on what the answer earned, before anything is added."""


def open_shapings(options: Mapping[str, Mapping[str, Any] | None]) -> dict[str, Shaping]:
    """The shapings that have options, in the table's order."""
    return {name: make(**chosen) for name, make in SHAPINGS.items() if (chosen := options.get(name))}


def phases(shapings: Mapping[str, Shaping], step: int) -> dict[str, float]:
    """Metrics of `step`: `shaping_NAME`, 1 where it is active and 0 where its phase is off."""
    return {f"shaping_{name}": float(each.active(step)) for name, each in shapings.items()}
