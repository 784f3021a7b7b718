"""When the reference becomes the policy and when a stage ends: decisions with the numbers behind them.

What asks for a reset is in `harness.triggers`. The controller holds what has been seen, and
nothing else: no clock and no chance, so the same metrics give the same decisions, and its state is
enough to go on. Not covered: doing what was decided, which is the trainer's.
"""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from harness.errors import TrainingError
from harness.stages import StagePlan
from harness.triggers import History, open_triggers

SHOWN: Final = ("kl_ref", "entropy", "reward_mean")
"""Metrics that stand in every decision, whatever caused it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetDecision:
    """One decision to reset, as it is kept in the run's events."""

    trigger: str
    """A key of `TRIGGERS`, or `stage`."""
    source: int | None
    """The step whose checkpoint becomes the reference; None for the policy as it is."""
    optimizer: bool
    """Whether the optimizer is cleared with the reference."""
    numbers: Mapping[str, float]
    """What the decision rests on."""

    def detail(self) -> dict[str, Any]:
        """The event's content, JSON-safe."""
        best = {} if self.source is None else {"reference_step": self.source}
        return {
            "trigger": self.trigger,
            "reference": "policy" if self.source is None else "best",
            "optimizer": "cleared" if self.optimizer else "kept",
            **best,
            **self.numbers,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChange:
    """One stage after another, as it is kept in the run's events."""

    stage: StagePlan
    number: int
    """Of the stage that begins, from 1."""
    before: str
    cause: str
    """`steps`, or the trigger whose reset ended the stage before."""

    def detail(self) -> dict[str, Any]:
        """The event's content, JSON-safe."""
        return {
            "stage": self.stage.name,
            "number": self.number,
            "before": self.before,
            "cause": self.cause,
            "set": dict(self.stage.changes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be done after a step: a reset, a stage change or both."""

    reset: ResetDecision | None
    stage: StageChange | None


@dataclass(slots=True, kw_only=True)
class ControllerState:
    """All that a controller holds; JSON-safe through `asdict`, floats and all."""

    stage: int = 0
    """Place of the stage under way."""
    stage_began: int = 0
    """The step after which it began."""
    last_reset: int = 0
    """The step after which the reference was last reset, or 0."""
    kl: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    best_step: int | None = None
    """The step of the best validation of the whole run; the first of equals."""
    best_score: float = -1.0


class ResetController:
    """Decides after each step; the same metrics give the same decisions."""

    def __init__(self, stages: Sequence[StagePlan]) -> None:
        """Decide over a run of `stages`."""
        self._stages = stages
        self._triggers = [open_triggers(stage.config.reset) for stage in stages]
        self._state = ControllerState()

    @property
    def stage(self) -> StagePlan:
        """The stage under way."""
        return self._stages[self._state.stage]

    @property
    def best_step(self) -> int | None:
        """The step of the best validation so far."""
        return self._state.best_step

    def validates(self, step: int) -> tuple[str, ...]:
        """The evaluation sets that `decide` needs pass@1 of after `step`."""
        validation = self.stage.config.reset.validation
        return tuple(validation.sets) if validation and step and step % validation.every == 0 else ()

    def decide(
        self, step: int, metrics: Mapping[str, float | None], validation: Mapping[str, float]
    ) -> Decision | None:
        """The decision after `step`; none where nothing is due, nor after the last step.

        Args:
            step: from 1, each once and in order.
            metrics: the step's; what is missing or not finite counts as not measured.
            validation: pass@1 by evaluation set, of those that `validates` names. Where one is
                missing, because nothing of it could be judged, there is no score.
        """
        history = self._note(step, metrics, validation)
        config = self.stage.config
        if step >= config.steps:
            return None
        fired = self._fired(history) if history.age >= config.reset.distance else None
        change = self._change(step, fired[0] if fired else None)
        if fired is None and change is not None and change.stage.reset:
            fired = ("stage", {})
        reset = None
        if fired is not None:
            shown = {name: value for name in SHOWN if (value := _finite(metrics.get(name))) is not None}
            best = self._state.best_step if config.reset.reference == "best" else None
            reset = ResetDecision(
                trigger=fired[0],
                source=best,
                optimizer=config.reset.optimizer,
                numbers={**fired[1], **shown, **{f"pass@1 {name}": validation[name] for name in validation}},
            )
        self._apply(step, reset, change)
        return Decision(reset=reset, stage=change) if reset or change else None

    def state(self) -> dict[str, Any]:
        """All that decisions depend on, JSON-safe."""
        return asdict(self._state)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave.

        Raises:
            TrainingError: it was given by a controller of other stages.
        """
        restored = ControllerState(**state)
        if restored.stage >= len(self._stages):
            raise TrainingError("the checkpoint's stage does not fit this recipe's stages")
        self._state = restored

    def _note(
        self, step: int, metrics: Mapping[str, float | None], validation: Mapping[str, float]
    ) -> History:
        state, kl = self._state, _finite(metrics.get("kl_ref"))
        if kl is not None:
            state.kl.append(kl)
        wanted = self.validates(step)
        validated = bool(wanted) and all(name in validation for name in wanted)
        if validated:
            score = statistics.fmean(validation[name] for name in wanted)
            state.scores.append(score)
            if score > state.best_score:
                state.best_step, state.best_score = step, score
        return History(
            age=step - state.last_reset,
            kl=state.kl,
            updated=kl is not None,
            scores=state.scores,
            validated=validated,
        )

    def _fired(self, history: History) -> tuple[str, Mapping[str, float]] | None:
        for name, trigger in self._triggers[self._state.stage].items():
            numbers = trigger.fires(history)
            if numbers is not None:
                return name, numbers
        return None

    def _change(self, step: int, trigger: str | None) -> StageChange | None:
        state, stage = self._state, self.stage
        over = stage.steps is not None and step - state.stage_began >= stage.steps
        ended = stage.until_reset and trigger is not None
        if not (over or ended):
            return None
        following = state.stage + 1
        return StageChange(
            stage=self._stages[following],
            number=following + 1,
            before=stage.name,
            cause=trigger if ended and trigger else "steps",
        )

    def _apply(self, step: int, reset: ResetDecision | None, change: StageChange | None) -> None:
        state = self._state
        if change is not None:
            state.stage, state.stage_began = state.stage + 1, step
        if reset is not None:
            state.last_reset = step
            state.kl, state.scores = [], []


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
