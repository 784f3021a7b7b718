"""What an item did to its worker, and the verdict that follows."""

from dataclasses import dataclass
from enum import StrEnum

from rewards.verdict import Outcome, Verdict


class Fault(StrEnum):
    """How an item took its worker down."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"
    GAVE_WAY = "gave way"
    """No fault: it was stopped because others waited, and is run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrun:
    """An item that took its worker down, by its own fault."""

    fault: Fault
    detail: str


def overrun_verdict(overrun: Overrun, *, extracted: str | None = None) -> Verdict:
    """The verdict on such an answer: reward 0; `unsafe` where it crashed two workers, else `timeout`."""
    status = Outcome.UNSAFE if overrun.fault is Fault.CRASH else Outcome.TIMEOUT
    detail = f"the answer {overrun.detail}"
    return Verdict(status=status, reward=0.0, extracted=extracted, detail=detail)
