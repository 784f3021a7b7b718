"""The verdict on one answer. Whose fault is the first question."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What a verdict says. All but the last two judge the answer itself."""

    CORRECT = "correct"
    PARTIAL = "partial"
    INCORRECT = "incorrect"
    NO_ANSWER = "no_answer"
    """Nothing in the response could be read as an answer."""
    TIMEOUT = "timeout"
    """The answer's own program or expression ran past its limit."""
    UNSAFE = "unsafe"
    """The answer tried what no answer may."""
    INFRA_ERROR = "infra_error"
    """The hub, a worker, the sandbox or the verifier failed: nothing is said of the answer."""
    INVALID_ROW = "invalid_row"
    """The row to grade was malformed: nothing is said of the answer."""


UNJUDGED = frozenset({Outcome.INFRA_ERROR, Outcome.INVALID_ROW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How good one answer is, and why.

    `reward` is in [0, 1] where the answer was judged, and None where it was not; such a rollout
    leaves its group and every average and never becomes 0.
    """

    status: Outcome
    reward: float | None
    extracted: str | None = None
    """What was read as the answer."""
    detail: dict[str, Any] | str | None = None
    verifier: str = ""
    version: str = ""
    wall_ms: float = field(default=0.0, compare=False)
    """What judging took, without waiting for a worker."""
    queue_ms: float = field(default=0.0, compare=False)
    """What waiting for a worker took. Not in rows out: it says nothing of the answer."""

    def __post_init__(self) -> None:
        if (self.reward is None) != (self.status in UNJUDGED):
            raise ValueError(f"a verdict {self.status} cannot carry the reward {self.reward!r}")
        if self.reward is not None and not 0.0 <= self.reward <= 1.0:
            raise ValueError(f"a reward lies in [0, 1], not {self.reward!r}")

    @property
    def judged(self) -> bool:
        """Whether the answer itself was judged."""
        return self.reward is not None


def share_verdict(reward: float, **fields: Any) -> Verdict:
    """A judged verdict whose status follows from the share earned: 1, 0 or between."""
    status = Outcome.CORRECT if reward == 1.0 else Outcome.INCORRECT if reward == 0.0 else Outcome.PARTIAL
    return Verdict(status=status, reward=reward, **fields)
