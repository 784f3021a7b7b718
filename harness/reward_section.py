"""The part of a recipe that says how verdicts become rewards."""

from typing import Any

from pydantic import Field

from harness.section import Section
from rewards.problem import Domain


class SoftOverlong(Section):
    """A ramp down to `-weight` over the last tokens before the limit (DAPO, eq. 13)."""

    buffer: int = Field(ge=1)
    """Its length in tokens, up to `rollout.max_tokens`. DAPO: 4,096 of 20,480."""
    weight: float = Field(1.0, gt=0)
    """What the whole ramp takes off."""


class CosineLength(Section):
    """A bonus that falls with the length along half a cosine, in cycles (ProRL v2).

    Only the cycle's numbers are published.
    """

    weight: float = Field(gt=0)
    """lambda."""
    eta_min: float = -1.0
    """At `rollout.max_tokens`."""
    eta_max: float = 0.0
    """At 0 tokens."""
    on: int = Field(100, ge=1)
    """Steps with it, from step 1 on ..."""
    off: int = Field(500, ge=0)
    """... and then without it; 0 for always on."""


class Rewards(Section):
    """How verdicts become rewards and where they are made."""

    thresholds: dict[Domain, float] = Field(default_factory=dict)
    """Domains made binary: reward 1 from this verdict reward upward. Maths and STEM always are, at 1."""
    truncated_factor: float = Field(1.0, ge=0, le=1)
    """Factor on the reward of a completion that did not end by itself. ProRL's value is not published."""
    mask_truncated: bool = False
    """Whether completions that did not end by themselves leave the loss; their rewards count all the
    same in the baseline and in every average (DAPO's overlong filtering)."""
    workers: int = Field(1, ge=1)
    """Killable verifier workers a verifier."""
    clerks: int = Field(2, ge=1)
    """Batches of completions that are graded at once, while others are still drawn."""
    sandbox: str = "auto"
    """A key of `sandbox.backend.BACKENDS`, `auto` or a `module:attribute`."""
    soft_overlong: SoftOverlong | None = None
    """A penalty for the last tokens before the limit."""
    cosine_length: CosineLength | None = None
    """A bonus that falls with the length, in cycles."""

    def shapings(self) -> dict[str, dict[str, Any] | None]:
        """The options of each of `rewards.shaping.SHAPINGS` that the recipe asks for."""
        factor = self.truncated_factor
        return {
            "truncated_factor": None if factor == 1 else {"factor": factor},
            "soft_overlong": self.soft_overlong.model_dump() if self.soft_overlong else None,
            "cosine_length": self.cosine_length.model_dump() if self.cosine_length else None,
        }
