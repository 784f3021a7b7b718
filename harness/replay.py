"""A run's recorded numbers put to a controller again: whether it decides as it did.

Not covered: whether the numbers themselves are right; a run that goes on from a checkpoint makes
them again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from db.records import EventRecord, StepRecord
from harness.reset import ResetController

KINDS: Final = ("reset", "stage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One decision as an event says it."""

    step: int
    kind: str
    detail: str
    """JSON."""


def decided(
    controller: ResetController, steps: Sequence[StepRecord], scores: Mapping[int, Mapping[str, float]]
) -> list[Line]:
    """What the controller decides on a run's metrics, from its first step on.

    Args:
        controller: of the run's recipe, with nothing seen yet.
        steps: every step of the run, in order.
        scores: pass@1 by evaluation set, by step.
    """
    lines = []
    for step in steps:
        wanted, measured = controller.validates(step.step), scores.get(step.step, {})
        found = {name: measured[name] for name in wanted if name in measured}
        decision = controller.decide(step.step, step.metrics, found)
        if decision is not None and decision.reset is not None:
            lines.append(_line(step.step, "reset", decision.reset.detail()))
        if decision is not None and decision.stage is not None:
            lines.append(_line(step.step, "stage", decision.stage.detail()))
    return lines


def recorded(events: Iterable[EventRecord]) -> list[Line]:
    """What the run's events say was decided."""
    return [_line(event.step, event.kind, event.detail) for event in events if event.kind in KINDS]


def _line(step: int, kind: str, detail: Mapping[str, Any]) -> Line:
    return Line(step=step, kind=kind, detail=json.dumps(detail, sort_keys=True))
