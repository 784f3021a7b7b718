"""From a verdict to the reward that training uses, by domain.

ProRL (arXiv 2505.24864, Table 4): maths and STEM are binary; code, puzzles and instruction
following are continuous.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rewards.problem import Domain
from rewards.verdict import Verdict

BINARY = frozenset({Domain.MATH, Domain.STEM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """How a verdict becomes a training reward."""

    thresholds: Mapping[Domain, float] = field(default_factory=dict)
    """Domains whose reward is made binary: 1 from this verdict reward upward, else 0.
    Maths and STEM always are, at 1."""
    truncated_factor: float = 1.0
    """What a reward is multiplied by where the completion did not end by itself (ProRL v1,
    runs 4 and 5, and v2's stop-properly penalty). 1 leaves it alone."""

    def reward(self, domain: Domain, verdict: Verdict, *, truncated: bool) -> float | None:
        """The training reward in [0, 1], or None where the answer was not judged."""
        if verdict.reward is None:
            return None
        threshold = self.thresholds.get(domain, 1.0 if domain in BINARY else None)
        reward = verdict.reward if threshold is None else float(verdict.reward >= threshold)
        return reward * self.truncated_factor if truncated else reward
