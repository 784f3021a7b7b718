"""pass@k and averages: exact, with one denominator, and missing is not wrong."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.errors import EvalError
from evals.metrics import average, pass_at_k, pass_at_ks, pass_curve
from evals.uncertainty import Estimand
from tests.evals.reports import report_of


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int, int]:
    n = draw(st.integers(1, 1024))
    return n, draw(st.integers(0, n)), draw(st.integers(1, n))


@given(counts())
def test_pass_at_k_is_exact(drawn: tuple[int, int, int]) -> None:
    n, c, k = drawn
    exact = 1 - Fraction(math.comb(n - c, k), math.comb(n, k))
    assert pass_at_k(n, c, k) == pytest.approx(float(exact), abs=1e-15)
    assert pass_at_ks([n], [c], [k])[0, 0] == pytest.approx(float(exact), abs=1e-12)


@given(counts())
def test_pass_at_k_grows_with_k_and_with_right_answers(drawn: tuple[int, int, int]) -> None:
    n, c, k = drawn
    assert 0.0 <= pass_at_k(n, c, k) <= 1.0
    assert pass_at_k(n, c, k) <= pass_at_k(n, c, n)
    assert pass_at_k(n, c, k) <= pass_at_k(n, min(c + 1, n), k)


def test_pass_at_1_is_the_share_and_pass_at_n_is_whether_any() -> None:
    assert pass_at_k(8, 3, 1) == 3 / 8
    assert pass_at_k(16, 1, 16) == 1.0
    assert pass_at_k(16, 0, 16) == 0.0


@pytest.mark.parametrize(
    ("n", "c", "k"), [(4, 2, 5), (4, 2, 0), (4, 5, 1), (4, -1, 1), (-1, 0, 1), (0, 0, 1)]
)
def test_impossible_counts_are_refused(n: int, c: int, k: int) -> None:
    with pytest.raises(ValueError, match=r"pass@k: .*"):
        pass_at_k(n, c, k)
    with pytest.raises(ValueError, match=r"pass@k: .*"):
        pass_at_ks([n], [c], [k])


def test_the_curve_is_the_mean_over_problems_and_never_falls() -> None:
    curve = pass_curve(report_of([0, 1, 128, 256]))
    assert curve is not None
    assert curve.ks == (1, 2, 4, 8, 16, 32, 64, 128)
    assert curve.problems == 4
    for k, value in zip(curve.ks, curve.values, strict=True):
        assert value == pytest.approx(np.mean([pass_at_k(256, c, k) for c in (0, 1, 128, 256)]), abs=1e-12)
    assert list(curve.values) == sorted(curve.values)
    assert curve.low is not None
    assert curve.high is not None
    assert all(
        low <= value <= high for low, value, high in zip(curve.low, curve.values, curve.high, strict=True)
    )


def test_missing_samples_do_not_count_as_wrong() -> None:
    """As in lighteval#771, where pass@1 halved each time twice as many samples were asked for."""
    scores = [average(report_of([7] * 8, valid=[16] * 8, n=n)) for n in (16, 32, 64, 128)]
    assert [score.value for score in scores if score] == [7 / 16] * 4


def test_a_problem_with_too_few_judged_samples_leaves_the_whole_curve() -> None:
    curve = pass_curve(report_of([64, 64, 3], valid=[256, 256, 3]), ks=[1, 128])
    assert curve is not None
    assert (curve.problems, curve.dropped) == (2, 1)
    assert curve.at(1).value == 0.25


def test_where_nothing_was_judged_there_is_no_figure() -> None:
    unjudged = report_of([0, 0], valid=[0, 0])
    assert pass_curve(unjudged) is None
    assert average(unjudged) is None
    assert average(replace(unjudged, tallies=())) is None


def test_more_tries_than_samples_are_refused() -> None:
    with pytest.raises(EvalError, match="needs at least 512 samples a problem: planted has 256"):
        pass_curve(report_of([1]), ks=[512])


def test_one_problem_has_no_interval() -> None:
    curve = pass_curve(report_of([3]))
    assert curve is not None
    assert curve.low is None
    assert curve.at(1).interval is None
    with pytest.raises(KeyError, match="pass@3 is not on this curve"):
        curve.at(3)


def test_all_right_and_all_wrong_are_not_certain() -> None:
    right, wrong = pass_curve(report_of([256] * 30)), pass_curve(report_of([0] * 30))
    assert right is not None
    assert wrong is not None
    assert right.low is not None
    assert wrong.high is not None
    assert right.low[0] == pytest.approx(1 - 0.1135, abs=1e-3)
    assert wrong.high[0] == pytest.approx(0.1135, abs=1e-3)


def test_the_simultaneous_band_is_wider_than_its_points() -> None:
    report = report_of(np.random.default_rng(0).binomial(256, 0.02, 40))
    band, points = pass_curve(report, simultaneous=True), pass_curve(report)
    assert band is not None
    assert points is not None
    assert band.low is not None
    assert points.low is not None
    assert sum(band.low) < sum(points.low)


def test_equal_seeds_give_equal_intervals() -> None:
    report = report_of([0, 10, 200, 256, 30])
    assert pass_curve(report, seed=1) == pass_curve(report, seed=1)
    assert pass_curve(report, seed=1) != pass_curve(report, seed=2)


def test_intervals_over_problems_hold_the_truth_as_often_as_they_say() -> None:
    generator = np.random.default_rng(1)
    truth, trials, held = 0.25 / 0.7, 300, 0
    for _ in range(trials):
        estimate = average(report_of(generator.binomial(16, generator.beta(0.25, 0.45, 30)), n=16))
        assert estimate is not None
        assert estimate.interval is not None
        held += estimate.interval.low <= truth <= estimate.interval.high
    assert 0.91 <= held / trials <= 0.985


def test_intervals_of_a_rerun_hold_the_truth_of_the_same_problems() -> None:
    generator = np.random.default_rng(2)
    shares = generator.beta(0.8, 1.2, 30)
    truth_1, truth_8, trials = shares.mean(), (1 - (1 - shares) ** 8).mean(), 150
    held_average = held_curve = 0
    for _ in range(trials):
        report = report_of(generator.binomial(64, shares), n=64)
        estimate = average(report, estimand=Estimand.RERUN)
        curve = pass_curve(report, ks=[8], estimand=Estimand.RERUN)
        assert estimate is not None
        assert estimate.interval is not None
        assert curve is not None
        at_8 = curve.at(8).interval
        assert at_8 is not None
        held_average += estimate.interval.low <= truth_1 <= estimate.interval.high
        held_curve += at_8.low <= truth_8 <= at_8.high
    assert 0.90 <= held_average / trials <= 0.99
    assert 0.88 <= held_curve / trials <= 0.99
