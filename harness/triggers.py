"""What asks for a reset of the reference: plain objects without state, and their one table.

Each says from what has been seen since the last reset whether it fires, and with which numbers.
Neither ProRL nor its second version publishes windows, tolerances or ratios.
"""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from harness.reset_section import Reset


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What has been seen since the last reset."""

    age: int
    """Steps since then."""
    kl: Sequence[float]
    """`kl_ref` of every step with an update, oldest first."""
    updated: bool
    """Whether the last of them is this step's."""
    scores: Sequence[float]
    """Mean pass@1 of every validation, oldest first."""
    validated: bool
    """Whether the last of them is this step's."""


class Trigger(Protocol):
    """One reason to reset."""

    def fires(self, history: History) -> Mapping[str, float] | None:
        """The numbers that ask for a reset, or None where nothing does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Every so many steps. ProRL v2: 200-500."""

    every: int

    def fires(self, history: History) -> Mapping[str, float] | None:
        """Where the last reset is `every` steps away."""
        return {"every": float(self.every)} if history.age >= self.every else None


@dataclass(frozen=True, slots=True, kw_only=True)
class KlSpike:
    """A KL that has run away from its running median, or beyond a bound. ProRL v2."""

    ratio: float
    window: int
    above: float | None

    def fires(self, history: History) -> Mapping[str, float] | None:
        """Where this step's KL is beyond the bound, or `ratio` times the median of the `window` before it."""
        if not history.updated:
            return None
        kl = history.kl[-1]
        if self.above is not None and kl > self.above:
            return {"kl": kl, "above": self.above}
        before = history.kl[-1 - self.window : -1]
        if len(before) < self.window:
            return None
        median = statistics.median(before)
        return {"kl": kl, "median": median, "ratio": self.ratio} if kl > self.ratio * median else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plateau:
    """A validation that no longer gets better. ProRL v1: "when validation stagnates"."""

    window: int
    tolerance: float

    def fires(self, history: History) -> Mapping[str, float] | None:
        """Where the best of the last `window` scores is at most `tolerance` above the best before them."""
        before, window = history.scores[: -self.window], history.scores[-self.window :]
        if not history.validated or not before or max(window) > max(before) + self.tolerance:
            return None
        return {"window_best": max(window), "best_before": max(before), "tolerance": self.tolerance}


@dataclass(frozen=True, slots=True, kw_only=True)
class Degradation:
    """A validation that gets worse. ProRL v1: "or degrades"."""

    window: int
    tolerance: float

    def fires(self, history: History) -> Mapping[str, float] | None:
        """Where the mean of the last `window` scores is more than `tolerance` below the best before them."""
        before, window = history.scores[: -self.window], history.scores[-self.window :]
        if not history.validated or not before or statistics.fmean(window) >= max(before) - self.tolerance:
            return None
        return {
            "window_mean": statistics.fmean(window),
            "best_before": max(before),
            "tolerance": self.tolerance,
        }


TRIGGERS: Final[Mapping[str, Callable[..., Trigger]]] = {
    "degradation": Degradation,
    "plateau": Plateau,
    "kl_spike": KlSpike,
    "interval": Interval,
}
"""By the name that decisions carry; where several fire at once, the first is named."""


def open_triggers(config: Reset) -> dict[str, Trigger]:
    """The triggers that a recipe asks for, in the table's order."""
    sections = {
        "degradation": config.degradation,
        "plateau": config.plateau,
        "kl_spike": config.kl_spike,
    }
    options = {name: section.model_dump() for name, section in sections.items() if section is not None}
    if config.every:
        options["interval"] = {"every": config.every}
    return {name: make(**options[name]) for name, make in TRIGGERS.items() if name in options}
