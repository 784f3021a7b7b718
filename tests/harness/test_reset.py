import json
import math
import random
from typing import Any

import pytest

from harness.errors import TrainingError
from harness.reset import Decision, ResetController
from harness.stages import plan_stages
from harness.triggers import TRIGGERS
from tests.harness.recipes import tiny_recipe

METRICS = {"kl_ref": 0.02, "entropy": 0.5, "reward_mean": 0.6, "loss": 1.0}
HELD = {"sets": [{"name": "held", "source": "scripted"}, {"name": "other", "source": "scripted"}]}


def controller(steps: int, **changes: Any) -> ResetController:
    return ResetController(plan_stages(tiny_recipe(steps=steps, **changes)))


def resets(mine: ResetController, steps: int) -> list[int]:
    decisions = {step: mine.decide(step, METRICS, {}) for step in range(1, steps + 1)}
    return [step for step, decision in decisions.items() if decision and decision.reset]


def detail(decision: Decision | None) -> dict[str, Any]:
    assert decision is not None
    assert decision.reset is not None
    return decision.reset.detail()


def test_resets_come_at_their_interval_and_not_after_the_last_step() -> None:
    assert resets(controller(300, reset={"every": 100}), 300) == [100, 200]
    assert resets(controller(350, reset={"every": 100}), 350) == [100, 200, 300]
    assert resets(controller(300, reset={"every": 0}), 300) == []


def test_a_decision_carries_the_numbers_that_caused_it() -> None:
    mine = controller(9, reset={"every": 2})
    assert mine.decide(1, METRICS, {}) is None
    found = detail(mine.decide(2, METRICS, {}))
    assert found["trigger"] == "interval"
    assert found["reference"] == "policy"
    assert (found["every"], found["kl_ref"], found["entropy"]) == (2, 0.02, 0.5)
    assert found["optimizer"] == "cleared"
    assert "loss" not in found


def test_v2_keeps_the_optimizer() -> None:
    mine = controller(9, reset={"every": 1, "optimizer": False})
    assert detail(mine.decide(1, METRICS, {}))["optimizer"] == "kept"


def spiky(mine: ResetController, spikes: set[int], steps: int) -> list[tuple[int, str]]:
    found = []
    for step in range(1, steps + 1):
        decision = mine.decide(step, METRICS | {"kl_ref": 0.5 if step in spikes else 0.02}, {})
        if decision is not None and decision.reset is not None:
            found.append((step, decision.reset.trigger))
    return found


def test_an_interval_counts_from_the_last_reset_whatever_asked_for_it() -> None:
    mine = controller(60, reset={"every": 20, "kl_spike": {"ratio": 5, "window": 5}})
    assert spiky(mine, {12}, 59) == [(12, "kl_spike"), (32, "interval"), (52, "interval")]


def test_a_spike_within_the_least_distance_is_let_pass() -> None:
    mine = controller(60, reset={"every": 30, "distance": 20, "kl_spike": {"ratio": 5, "window": 5}})
    assert spiky(mine, {12, 25, 40}, 59) == [(25, "kl_spike"), (55, "interval")]


def test_what_is_missing_or_not_finite_is_not_measured() -> None:
    mine = controller(60, reset={"kl_spike": {"ratio": 2, "window": 2, "above": 1.0}})
    for step, kl in enumerate([0.1, None, math.nan, math.inf, 0.1], start=1):
        assert mine.decide(step, {"kl_ref": kl, "reward_mean": math.nan}, {}) is None
    found = detail(mine.decide(6, {"kl_ref": 0.3, "entropy": math.inf}, {}))
    assert found["median"] == 0.1
    assert "entropy" not in found


def validated(mine: ResetController, scores: dict[int, dict[str, float]], steps: int) -> list[dict[str, Any]]:
    found = []
    for step in range(1, steps + 1):
        wanted = mine.validates(step)
        given = {name: scores[step][name] for name in wanted if name in scores.get(step, {})}
        decision = mine.decide(step, METRICS, given)
        if decision is not None and decision.reset is not None:
            found.append({"step": step, **decision.reset.detail()})
    return found


VALIDATED = {
    "validation": {"sets": ["held", "other"], "every": 5},
    "plateau": {"window": 2, "tolerance": 0.01},
    "degradation": {"window": 1, "tolerance": 0.1},
}


def test_validation_is_asked_for_at_its_declared_steps_alone() -> None:
    mine = controller(60, reset=VALIDATED, evaluation=HELD)
    assert [step for step in range(21) if mine.validates(step)] == [5, 10, 15, 20]
    assert mine.validates(5) == ("held", "other")


def test_a_plateau_and_a_degradation_reset_with_their_scores() -> None:
    mine = controller(60, reset=VALIDATED, evaluation=HELD)
    held = [0.4, 0.5, 0.5, 0.5, 0.6, 0.3]
    scores = {5 * place: {"held": score, "other": score} for place, score in enumerate(held, start=1)}
    first, second = validated(mine, scores, 35)
    assert (first["step"], first["trigger"]) == (20, "plateau")
    assert (first["window_best"], first["best_before"], first["pass@1 held"]) == (0.5, 0.5, 0.5)
    # What was seen before a reset does not count after it.
    assert (second["step"], second["trigger"]) == (30, "degradation")
    assert (second["window_mean"], second["best_before"]) == (0.3, 0.6)


def test_a_set_that_could_not_be_judged_is_no_score_and_no_fall() -> None:
    mine = controller(60, reset=VALIDATED, evaluation=HELD)
    scores = {5: {"held": 0.9, "other": 0.9}, 10: {"held": 0.9}, 15: {}, 20: {"held": 0.9, "other": 0.92}}
    assert validated(mine, scores, 24) == []
    assert mine.state()["scores"] == [0.9, 0.91]


def test_the_best_checkpoint_may_become_the_reference() -> None:
    changes = {"every": 12, "reference": "best", "validation": {"sets": ["held"], "every": 5}}
    mine = controller(60, reset=changes, evaluation=HELD)
    scores = {5: {"held": 0.5}, 10: {"held": 0.4}, 15: {"held": 0.5}, 20: {"held": 0.6}}
    first, second = validated(mine, scores, 30)
    assert (first["step"], first["reference"], first["reference_step"]) == (12, "best", 5)
    assert (second["step"], second["reference_step"]) == (24, 20)


def test_without_a_validation_yet_the_policy_is_the_best_there_is() -> None:
    changes = {"every": 3, "reference": "best", "validation": {"sets": ["held"], "every": 5}}
    mine = controller(60, reset=changes, evaluation=HELD)
    first, second = validated(mine, {5: {"held": 0.5}}, 6)
    assert (first["step"], first["reference"]) == (3, "policy")
    assert (second["step"], second["reference"], second["reference_step"]) == (6, "best", 5)


STAGES = [
    {"name": "one", "steps": 10, "until_reset": True},
    {"name": "two", "steps": 10, "reset": False, "set": {"rollout": {"n": 8}}},
    {"name": "three", "set": {"reset": {"optimizer": False, "every": 7}}},
]


def told(mine: ResetController, steps: int, spikes: set[int]) -> list[tuple[int, str, str]]:
    """Step, the reset's trigger and the stage that begins."""
    found = []
    for step in range(1, steps + 1):
        decision = mine.decide(step, METRICS | {"kl_ref": 9.0 if step in spikes else 0.02}, {})
        if decision is not None:
            trigger = decision.reset.trigger if decision.reset else ""
            found.append((step, trigger, decision.stage.stage.name if decision.stage else ""))
    return found


def test_a_stage_ends_with_its_steps_or_with_a_reset_whichever_is_first() -> None:
    spikes = {"reset": {"kl_spike": {"above": 1.0}}, "stages": STAGES}
    assert told(controller(40, **spikes), 40, set()) == [
        (10, "", "two"),
        (20, "stage", "three"),
        (27, "interval", ""),
        (34, "interval", ""),
    ]
    assert told(controller(40, **spikes), 30, {4, 8}) == [
        (4, "kl_spike", "two"),
        (8, "kl_spike", ""),
        (14, "stage", "three"),
        (21, "interval", ""),
        (28, "interval", ""),
    ]


def test_a_stage_change_is_told_with_its_cause_and_what_it_sets() -> None:
    mine = controller(40, stages=STAGES, reset={"kl_spike": {"above": 1.0}})
    decision = mine.decide(1, METRICS | {"kl_ref": 9.0}, {})
    assert decision is not None
    assert decision.stage is not None
    assert decision.stage.detail() == {
        "stage": "two",
        "number": 2,
        "before": "one",
        "cause": "kl_spike",
        "set": {"rollout.n": 8},
    }
    assert mine.stage.config.rollout.n == 8


def test_a_stages_reset_is_done_as_the_stage_before_says() -> None:
    stages = [{"name": "one", "steps": 5}, {"name": "two", "set": {"reset": {"optimizer": False}}}]
    mine = controller(40, stages=stages)
    for step in range(1, 5):
        assert mine.decide(step, METRICS, {}) is None
    assert detail(mine.decide(5, METRICS, {})) == {
        "trigger": "stage",
        "reference": "policy",
        "optimizer": "cleared",
        "kl_ref": 0.02,
        "entropy": 0.5,
        "reward_mean": 0.6,
    }


def recorded(mine: ResetController, steps: int, *, save_every: int | None) -> list[str]:
    """Decisions on a stream of metrics; with `save_every` by a new controller each so many steps."""
    chance, found = random.Random(5), []
    for step in range(1, steps + 1):
        kl = chance.uniform(0.5, 1) * (12 if chance.random() < 0.03 else 1)
        low = chance.random() < 0.05
        scores = {name: chance.uniform(0.4, 0.45) - 0.3 * low for name in ("held", "other")}
        given = {name: scores[name] for name in mine.validates(step)}
        decision = mine.decide(step, METRICS | {"kl_ref": kl}, given)
        if decision is not None:
            parts = [part.detail() for part in (decision.reset, decision.stage) if part is not None]
            found.append(json.dumps([step, parts]))
        if save_every and step % save_every == 0:
            state = json.loads(json.dumps(mine.state()))
            mine = random_schedule()
            mine.restore(state)
    return found


def random_schedule() -> ResetController:
    reset = VALIDATED | {"every": 60, "distance": 10, "kl_spike": {"ratio": 6, "window": 10}}
    stages = [
        {"name": "one", "steps": 80, "until_reset": True},
        {"name": "two", "steps": 150, "set": {"reset": {"plateau": {"window": 4, "tolerance": 0.2}}}},
        {
            "name": "three",
            "set": {"reset": {"reference": "best", "every": 25, "plateau": {"window": 9, "tolerance": 0.0}}},
        },
    ]
    return controller(400, reset=reset, stages=stages, evaluation=HELD)


@pytest.mark.parametrize("every", [1, 7, 53])
def test_a_controller_restored_anywhere_decides_as_one_that_never_stopped(every: int) -> None:
    expected = recorded(random_schedule(), 400, save_every=None)
    for trigger in (*TRIGGERS, "stage"):
        assert any(f'"trigger": "{trigger}"' in line for line in expected), trigger
    assert recorded(random_schedule(), 400, save_every=every) == expected


def test_a_state_of_other_stages_is_refused() -> None:
    state = controller(40, stages=STAGES).state() | {"stage": 2}
    with pytest.raises(TrainingError, match="does not fit this recipe's stages"):
        controller(40).restore(state)
