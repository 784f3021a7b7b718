"""Every advantage estimator in the table keeps its groups' shape and knows no absolute reward."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.advantage import ESTIMATORS, Outcomes, open_estimator

rewards = st.floats(0, 1, allow_nan=False, width=32)
groups = st.lists(st.lists(rewards, min_size=1, max_size=16), min_size=1, max_size=6)
names = pytest.mark.parametrize("name", sorted(ESTIMATORS))
WITHIN_GROUPS = ["group_mean", "group_mean_std", "rloo"]
"""The others scale by the whole step."""
UNEVEN = {"reinforce_pp_baseline_tokens"}
"""Its advantages sum to zero over the step's tokens instead."""


def advantages(name: str, rewards_PG: list[list[float]]) -> list[list[float]]:
    """By the estimator called `name`, of completions of 1, 2, 3, ... tokens."""
    lengths_PG = [[1 + place for place in range(len(rewards_G))] for rewards_G in rewards_PG]
    return open_estimator(name)(Outcomes(rewards_PG=rewards_PG, lengths_PG=lengths_PG))


@names
@given(rewards_PG=groups)
def test_each_reward_gets_its_advantage(name: str, rewards_PG: list[list[float]]) -> None:
    advantages_PG = advantages(name, rewards_PG)
    assert [len(group) for group in advantages_PG] == [len(group) for group in rewards_PG]


@names
@given(rewards_PG=groups, shift=st.sampled_from([-1.0, 0.25, 3.0]))
def test_a_constant_on_all_rewards_changes_nothing(
    name: str, rewards_PG: list[list[float]], shift: float
) -> None:
    # Rewards on a grid: the deviation of rewards that differ by rounding alone means nothing.
    coarse_PG = [[round(reward * 16) / 16 for reward in group] for group in rewards_PG]
    shifted_PG = [[reward + shift for reward in group] for group in coarse_PG]
    for plain, moved in zip(advantages(name, coarse_PG), advantages(name, shifted_PG), strict=True):
        assert moved == pytest.approx(plain, abs=1e-9)


@names
@given(reward=rewards, members=st.integers(1, 16))
def test_equal_rewards_give_zeros(name: str, reward: float, members: int) -> None:
    assert advantages(name, [[reward] * members])[0] == pytest.approx([0.0] * members, abs=1e-9)


@pytest.mark.parametrize("name", sorted(set(ESTIMATORS) - UNEVEN))
@given(rewards_PG=groups)
def test_a_groups_advantages_sum_to_zero(name: str, rewards_PG: list[list[float]]) -> None:
    for group in advantages(name, [[round(reward * 16) / 16 for reward in group] for group in rewards_PG]):
        assert sum(group) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("name", WITHIN_GROUPS)
def test_groups_do_not_touch_each_other(name: str) -> None:
    assert advantages(name, [[0.0, 1.0], [0.5, 0.5, 1.0]])[0] == advantages(name, [[0.0, 1.0]])[0]


@names
def test_a_better_answer_has_a_greater_advantage(name: str) -> None:
    worse, better = advantages(name, [[0.0, 1.0]])[0]
    assert worse < 0 < better
