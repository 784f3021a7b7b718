"""When the reference becomes the policy: every decision with the numbers that caused it.

Covers the fixed interval (ProRL v2: every 200-500 steps). Not covered yet: triggers on a
validation plateau or a KL spike, and stage changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.config import Reset


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetDecision:
    """One decision to reset, as it is kept in the run's events."""

    step: int
    trigger: str
    optimizer: bool
    """Whether the optimizer is cleared with the reference."""
    numbers: Mapping[str, float]
    """What the decision rests on."""

    def detail(self) -> dict[str, object]:
        """The event's content, JSON-safe."""
        return {
            "trigger": self.trigger,
            "reference": "policy",
            "optimizer": "cleared" if self.optimizer else "kept",
            **self.numbers,
        }


class ResetController:
    """Decides after each step; the same metrics give the same decisions."""

    def __init__(self, config: Reset, *, steps: int) -> None:
        """Decide by `config` over a run of `steps` steps."""
        self._config = config
        self._steps = steps

    def decide(self, step: int, metrics: Mapping[str, float]) -> ResetDecision | None:
        """The decision after `step`; none where nothing is due, nor after the last step."""
        every = self._config.every
        if not every or step % every or step >= self._steps:
            return None
        numbers = {"every": float(every)} | {
            name: metrics[name] for name in ("kl_ref", "entropy", "reward_mean") if name in metrics
        }
        return ResetDecision(step=step, trigger="interval", optimizer=self._config.optimizer, numbers=numbers)
