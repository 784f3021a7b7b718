"""Each estimator against its formula, written out with numbers; the variants of public codes by name."""

import math
import statistics

import pytest

from harness.advantage import (
    Outcomes,
    batch_std,
    group_mean_std,
    open_estimator,
    reinforce_pp_baseline,
    reinforce_pp_baseline_tokens,
    rloo,
)
from harness.errors import ConfigError

STEP = Outcomes(rewards_PG=[[1.0, 0.0, 0.0, 1.0], [0.2, 0.8]], lengths_PG=[[1, 2, 3, 4], [10, 5]])
CENTRED = [0.5, -0.5, -0.5, 0.5, -0.3, 0.3]
LENGTHS = [1, 2, 3, 4, 10, 5]


def flat(values_PG: list[list[float]]) -> list[float]:
    return [value for values_G in values_PG for value in values_G]


@pytest.mark.parametrize("epsilon", [1e-4, 1e-6])
def test_grpos_deviation_is_corrected_and_kept_from_0_by_epsilon(epsilon: float) -> None:
    found_PG = group_mean_std(STEP, epsilon=epsilon)
    assert found_PG[0] == pytest.approx(
        [sign * 0.5 / (math.sqrt(1 / 3) + epsilon) for sign in (1, -1, -1, 1)]
    )
    plain_PG = group_mean_std(STEP, epsilon=epsilon, bessel=False)
    assert plain_PG[0] == pytest.approx([sign * 0.5 / (0.5 + epsilon) for sign in (1, -1, -1, 1)])


def test_leave_one_out_is_the_difference_to_the_mean_of_the_others() -> None:
    assert rloo(STEP)[0] == pytest.approx([1 - 1 / 3, -2 / 3, -2 / 3, 1 - 1 / 3])
    assert rloo(Outcomes(rewards_PG=[[1.0]], lengths_PG=[[3]])) == [[0.0]]


def test_batch_std_scales_by_the_deviation_of_all_rewards_as_they_are() -> None:
    deviation = statistics.stdev([1.0, 0.0, 0.0, 1.0, 0.2, 0.8])
    expected = [value / (deviation + 1e-6) for value in CENTRED]
    assert flat(batch_std(STEP)) == pytest.approx(expected)


def test_prorls_formula_whitens_over_trajectories_however_long() -> None:
    deviation = statistics.stdev(CENTRED)
    expected = [value / (deviation + 1e-6) for value in CENTRED]
    assert flat(reinforce_pp_baseline(STEP)) == pytest.approx(expected)
    longer = Outcomes(rewards_PG=STEP.rewards_PG, lengths_PG=[[9, 9, 9, 9], [9, 9]])
    assert reinforce_pp_baseline(longer) == reinforce_pp_baseline(STEP)


@pytest.mark.parametrize("bessel", [False, True])
def test_the_codes_whiten_over_tokens(bessel: bool) -> None:
    tokens = [value for value, length in zip(CENTRED, LENGTHS, strict=True) for _ in range(length)]
    mean = statistics.fmean(tokens)
    deviation = statistics.stdev(tokens) if bessel else statistics.pstdev(tokens)
    expected = [(value - mean) / (deviation + 1e-6) for value in CENTRED]
    found = flat(reinforce_pp_baseline_tokens(STEP, bessel=bessel))
    assert found == pytest.approx(expected)
    assert sum(value * length for value, length in zip(found, LENGTHS, strict=True)) == pytest.approx(0)
    assert mean != pytest.approx(0), "long answers pull the mean"


def test_the_two_whitenings_agree_where_all_are_of_one_length() -> None:
    even = Outcomes(rewards_PG=STEP.rewards_PG, lengths_PG=[[7] * 4, [7] * 2])
    assert flat(reinforce_pp_baseline_tokens(even)) == pytest.approx(
        flat(reinforce_pp_baseline(even, bessel=False))
    )


def test_options_of_a_recipe_reach_the_estimator_and_unknown_ones_are_refused() -> None:
    estimate = open_estimator("group_mean_std", {"epsilon": 1e-4})
    assert estimate(STEP) == group_mean_std(STEP, epsilon=1e-4)
    with pytest.raises(ConfigError, match="takes no option 'eps': have epsilon, bessel"):
        open_estimator("group_mean_std", {"eps": 1e-4})
    with pytest.raises(ConfigError, match="takes no option 'epsilon': have none"):
        open_estimator("group_mean", {"epsilon": 1e-4})


def test_a_wrong_name_is_told_what_is_known_and_what_may_have_been_meant() -> None:
    with pytest.raises(
        ConfigError, match=r"no advantage estimator 'rlo': have group_mean_std, .* mean 'rloo'"
    ):
        open_estimator("rlo")
    with pytest.raises(ConfigError, match="cannot be loaded"):
        open_estimator("harness.advantage:missing")
