"""From a verdict to the reward that training uses, by domain.

ProRL (arXiv 2505.24864, Table 4): maths and STEM are binary; code, puzzles and instruction
following are continuous. What lengths do to it is in `rewards.shaping`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rewards.problem import Domain
from rewards.shaping import Ending, Shaping
from rewards.verdict import Verdict

BINARY = frozenset({Domain.MATH, Domain.STEM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """How a verdict becomes a training reward."""

    thresholds: Mapping[Domain, float] = field(default_factory=dict)
    """Domains whose reward is made binary: 1 from this verdict reward upward, else 0.
    Maths and STEM always are, at 1."""
    shapings: tuple[Shaping, ...] = ()
    """What is done with it by how the completion ended, in this order."""
    max_tokens: int = 0
    """Tokens that a completion could have had, for the shapings."""
    mask_truncated: bool = False
    """Whether completions that the limit ended leave the loss; their rewards count all the same."""

    def reward(self, domain: Domain, verdict: Verdict, *, tokens: int, truncated: bool) -> float | None:
        """The training reward, in [0, 1] where nothing shapes it; None where the answer was not judged."""
        if verdict.reward is None:
            return None
        threshold = self.thresholds.get(domain, 1.0 if domain in BINARY else None)
        reward = verdict.reward if threshold is None else float(verdict.reward >= threshold)
        ending = Ending(tokens=tokens, limit=self.max_tokens, truncated=truncated)
        for shaping in self.shapings:
            reward = shaping.shape(reward, ending)
        return reward
