import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.judging import judge
from evals.sampler import Completion
from rewards.grader import LocalGrader
from rewards.problem import Domain, Problem
from rewards.rubric import Rubric
from rewards.shaping import (
    SHAPINGS,
    CosineLength,
    Ending,
    SoftOverlong,
    TruncatedFactor,
    open_shapings,
    phases,
)
from rewards.verdict import Outcome, Verdict, share_verdict

CYCLE = CosineLength(weight=0.5, eta_min=-1.0, eta_max=0.0, on=100, off=500)


def ending(tokens: int, *, limit: int = 100, truncated: bool = False) -> Ending:
    return Ending(tokens=tokens, limit=limit, truncated=truncated)


def test_the_stop_properly_penalty_is_a_factor_on_what_did_not_end_by_itself() -> None:
    half = TruncatedFactor(factor=0.5)
    assert half.shape(0.8, ending(100, truncated=True)) == 0.4
    assert half.shape(0.8, ending(100)) == 0.8


@pytest.mark.parametrize(
    ("tokens", "penalty"), [(0, 0), (79, 0), (80, 0), (81, -0.05), (90, -0.5), (100, -1), (104, -1)]
)
def test_the_soft_overlong_ramp_is_dapos(tokens: int, penalty: float) -> None:
    """Eq. 13: 0 up to L_max - L_cache, then ((L_max - L_cache) - length) / L_cache, -1 at the end."""
    shaped = SoftOverlong(buffer=20, weight=1.0).shape(1.0, ending(tokens))
    assert shaped == pytest.approx(1.0 + penalty)
    assert SoftOverlong(buffer=20, weight=0.3).shape(1.0, ending(tokens)) == pytest.approx(1 + 0.3 * penalty)


@given(tokens=st.integers(0, 400), low=st.floats(-2, 2), high=st.floats(-2, 2), weight=st.floats(0.01, 3))
def test_the_cosine_is_the_published_formula(tokens: int, low: float, high: float, weight: float) -> None:
    limit = 400
    eta = low + 0.5 * (high - low) * (1 + math.cos(math.pi * tokens / limit))
    shaping = CosineLength(weight=weight, eta_min=low, eta_max=high, on=1, off=0)
    assert shaping.shape(1.0, ending(tokens, limit=limit)) == pytest.approx(1.0 + weight * eta)


def test_the_cosine_goes_from_its_most_to_its_least_and_shorter_is_better() -> None:
    shaped = [CYCLE.shape(1.0, ending(tokens)) for tokens in range(101)]
    assert shaped[0] == 1.0
    assert shaped[100] == 0.5
    assert shaped == sorted(shaped, reverse=True)


def test_the_phase_is_on_for_100_steps_and_off_for_500_from_step_1_on() -> None:
    active = [step for step in range(1, 1301) if CYCLE.active(step)]
    assert active == [*range(1, 101), *range(601, 701), *range(1201, 1301)]
    assert phases({"cosine_length": CYCLE}, 100) == {"shaping_cosine_length": 1.0}
    assert phases({"cosine_length": CYCLE}, 101) == {"shaping_cosine_length": 0.0}
    always = CosineLength(weight=1.0, eta_min=0.0, eta_max=1.0, on=1, off=0)
    assert all(always.active(step) for step in range(1, 50))


def test_shapings_compose_in_the_tables_order() -> None:
    options = {
        "cosine_length": {"weight": 1.0, "eta_min": -1.0, "eta_max": 0.0, "on": 1, "off": 0},
        "soft_overlong": {"buffer": 50, "weight": 0.5},
        "truncated_factor": {"factor": 0.0},
    }
    opened = open_shapings(options)
    assert list(opened) == list(SHAPINGS)
    rubric = Rubric(shapings=tuple(opened.values()), max_tokens=100)
    verdict = share_verdict(1.0)
    assert rubric.reward(Domain.MATH, verdict, tokens=100, truncated=True) == pytest.approx(0 - 0.5 - 1)
    assert rubric.reward(Domain.MATH, verdict, tokens=0, truncated=False) == 1.0
    assert open_shapings({"soft_overlong": None}) == {}


def test_what_was_not_judged_is_never_shaped_into_a_number() -> None:
    rubric = Rubric(shapings=(SoftOverlong(buffer=50, weight=1.0),), max_tokens=100)
    verdict = Verdict(status=Outcome.INFRA_ERROR, reward=None)
    assert rubric.reward(Domain.MATH, verdict, tokens=100, truncated=True) is None


def test_without_shaping_the_reward_is_the_verdicts() -> None:
    verdict = share_verdict(0.25)
    assert Rubric().reward(Domain.CODE, verdict, tokens=9, truncated=True) == 0.25
    assert Rubric().reward(Domain.MATH, verdict, tokens=9, truncated=True) == 0.0


def test_a_shaped_rollout_keeps_its_verdict_and_a_masked_one_its_reward() -> None:
    problem = Problem(
        domain=Domain.LOGIC, prompt="a", verifier="scripted", reference={"answer": "a"}, source="scripted:x"
    )
    drawn = [
        Completion(text="a", token_ids=(1,) * 100, truncated=True),
        Completion(text="a", token_ids=(1,)),
    ]
    rubric = Rubric(shapings=(SoftOverlong(buffer=50, weight=2.0),), max_tokens=100, mask_truncated=True)
    with LocalGrader(sandbox="scripted") as grader:
        (group,) = judge([problem], [drawn], grader=grader, rubric=rubric)
    assert [rollout.verdict.reward for rollout in group] == [1.0, 1.0]
    assert [rollout.reward for rollout in group] == [-1.0, 1.0]
    assert [rollout.masked for rollout in group] == [True, False]
