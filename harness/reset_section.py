"""The parts of a recipe that say when the reference is reset and how a run is cut into stages."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from harness.section import Section


class KlSpike(Section):
    """A KL to the reference that has run away. ProRL v2 names it as a trigger, without numbers."""

    ratio: float = Field(5.0, gt=1)
    """Fires where `kl_ref` is so many times its running median since the last reset ..."""
    window: int = Field(50, ge=2)
    """... over so many updates, which there must be before it says anything."""
    above: float | None = Field(None, gt=0)
    """Fires also where `kl_ref` (nats a token) is above this."""


class Validation(Section):
    """What is measured for resets alone: the mean pass@1 of some of the evaluation sets.

    The run waits for it, so that decisions do not depend on how fast a machine measures.
    """

    sets: list[str] = Field(min_length=1)
    """Names from `evaluation.sets`."""
    every: int = Field(ge=1)
    """Steps between measurements."""


class Stall(Section):
    """A validation that no longer gets better, or gets worse. ProRL v1 names both, without numbers."""

    window: int = Field(ge=1)
    """Measurements that are looked at together; none from before the last reset."""
    tolerance: float = Field(ge=0, lt=1)
    """In pass@1. A plateau: the window's best is no more than this above the best before it. A
    degradation: the window's mean is more than this below the best."""


class Reset(Section):
    """When the reference becomes the policy. v2: every 200-500 steps; v1: when validation stalls."""

    every: int = Field(0, ge=0)
    """Steps from one reset to the next, whatever asked for the one before; 0 for no interval."""
    distance: int = Field(0, ge=0)
    """Steps that lie between two resets at least, whatever asks for one."""
    optimizer: bool = True
    """Whether the optimizer is cleared as well (v1 does, v2 does not)."""
    reference: Literal["policy", "best"] = "policy"
    """What the reference becomes: the policy as it is, or its checkpoint of the best validation so far."""
    kl_spike: KlSpike | None = None
    """Reset on a spike of the KL."""
    validation: Validation | None = None
    """What `plateau`, `degradation` and `reference = "best"` rest on."""
    plateau: Stall | None = None
    """Reset where validation no longer gets better."""
    degradation: Stall | None = None
    """Reset where validation gets worse."""

    @model_validator(mode="after")
    def _validated(self) -> Self:
        if self.validation is None and (self.plateau or self.degradation or self.reference == "best"):
            raise ValueError("plateau, degradation and reference = 'best' need [reset.validation]")
        return self


class Stage(Section):
    """One stretch of the run with settings of its own (ProRL v1: eight, each from the last one's policy)."""

    name: str
    """In events; unlike every other stage's."""
    steps: int | None = Field(None, ge=1)
    """Steps at most. The last stage has none: it lasts to the run's end."""
    until_reset: bool = False
    """Whether a reset that a trigger asks for ends the stage as well, before its steps are over."""
    reset: bool = True
    """Whether it begins with a reset, as `[reset]` of the stage before says. The first never does."""
    set: dict[str, Any] = Field(default_factory=dict)
    """What differs from the recipe (not from the stage before), by dotted name as in `--set`:
    `set.rollout.n = 32`, `set.data.3.weight = 10`. `harness.stages.CHANGEABLE` lists what may."""
