from harness.config import Reset
from harness.reset import ResetController

METRICS = {"kl_ref": 0.02, "entropy": 0.5, "reward_mean": 0.6, "loss": 1.0}


def decided(config: Reset, steps: int) -> list[int]:
    controller = ResetController(config, steps=steps)
    return [step for step in range(steps + 1) if step and controller.decide(step, METRICS) is not None]


def test_resets_come_at_their_interval_and_not_after_the_last_step() -> None:
    assert decided(Reset(every=100), 300) == [100, 200]
    assert decided(Reset(every=100), 350) == [100, 200, 300]
    assert decided(Reset(every=0), 300) == []


def test_a_decision_carries_the_numbers_that_caused_it() -> None:
    decision = ResetController(Reset(every=2), steps=9).decide(4, METRICS)
    assert decision is not None
    detail = decision.detail()
    assert detail["trigger"] == "interval"
    assert (detail["every"], detail["kl_ref"], detail["entropy"]) == (2, 0.02, 0.5)
    assert detail["optimizer"] == "cleared"


def test_v2_keeps_the_optimizer() -> None:
    decision = ResetController(Reset(every=2, optimizer=False), steps=9).decide(4, METRICS)
    assert decision is not None
    assert decision.detail()["optimizer"] == "kept"
