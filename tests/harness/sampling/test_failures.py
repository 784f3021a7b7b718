"""What we fail to grade leaves its group, and moves no expected advantage."""

import random
import statistics
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.sampler import Completion
from harness.advantage import Outcomes, group_mean, rloo
from harness.group import outcomes
from tests.harness.tiny_models import rollouts

N, GROUPS = 6, 6000
Reward = Callable[[float], float]


def advantages(
    reward: Reward, *, fails: float, as_zero: bool = False, seed: int = 0
) -> list[tuple[float, float]]:
    """Reward and advantage of the judged answers of many groups, where some were not judged."""
    chance = random.Random(seed)
    pairs: list[tuple[float, float]] = []
    for _ in range(GROUPS):
        rewards: list[float | None] = [reward(chance.random()) for _ in range(N)]
        failed = [chance.random() < fails for _ in range(N)]
        lost = 0.0 if as_zero else None
        seen = [lost if out else each for each, out in zip(rewards, failed, strict=True)]
        group = rollouts([Completion(text="", token_ids=(1,))] * N, "p", seen)
        if group.has_signal:
            (found,) = rloo(outcomes([group]))
            pairs += zip(group.rewards, found, strict=True)
        else:
            pairs += [(each, 0.0) for each in group.rewards if len(group.rewards) > 1]
    return pairs


def of_reward(pairs: Sequence[tuple[float, float]], low: float) -> tuple[float, float]:
    """Mean advantage of answers with at least this reward, and its standard error."""
    found = [advantage for reward, advantage in pairs if reward >= low]
    return statistics.fmean(found), statistics.stdev(found) / len(found) ** 0.5


@pytest.mark.parametrize("fails", [0.1, 0.4, 0.7])
@pytest.mark.parametrize("reward", [lambda luck: float(luck < 0.3), lambda luck: round(luck**2, 2)])
def test_failures_move_no_expected_advantage(fails: float, reward: Reward) -> None:
    whole, whole_error = of_reward(advantages(reward, fails=0.0), 0.5)
    some, some_error = of_reward(advantages(reward, fails=fails, seed=1), 0.5)
    assert some == pytest.approx(whole, abs=4 * (whole_error + some_error))


def test_failures_taken_for_zeros_would_move_it() -> None:
    """So that the test above can fail."""
    whole, whole_error = of_reward(advantages(lambda luck: float(luck < 0.3), fails=0.0), 0.5)
    zeros, zeros_error = of_reward(
        advantages(lambda luck: float(luck < 0.3), fails=0.4, as_zero=True, seed=1), 0.5
    )
    assert abs(zeros - whole) > 8 * (whole_error + zeros_error)


@settings(deadline=None)
@given(st.lists(st.none() | st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=2, max_size=8))
def test_a_group_with_failures_is_the_group_without_them(rewards: list[float | None]) -> None:
    completion = Completion(text="", token_ids=(1,))
    group = rollouts([completion] * len(rewards), "p", rewards)
    judged = [reward for reward in rewards if reward is not None]
    assert group.rewards == judged
    assert group.has_signal == (len(set(judged)) > 1)
    if judged:
        (found,) = group_mean(outcomes([group]))
        assert found == group_mean(Outcomes(rewards_PG=[judged], lengths_PG=[[1] * len(judged)]))[0]
        assert sum(found) == pytest.approx(0)
