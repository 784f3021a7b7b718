import pytest
from scipy.stats import binomtest

from evals.uncertainty import wilson_interval
from evals.verifier_errors import Share, verifier_errors


@pytest.mark.parametrize(
    ("count", "total"), [(0, 1), (1, 1), (0, 40), (40, 40), (1, 2), (3, 7), (12, 483), (250, 500)]
)
def test_the_interval_is_wilsons(count: int, total: int) -> None:
    published = binomtest(count, total).proportion_ci(0.95, method="wilson")
    found = wilson_interval(count, total)
    assert (found.low, found.high) == pytest.approx((published.low, published.high), abs=1e-4)
    assert 0 <= found.low <= count / total <= found.high <= 1


def test_nothing_counted_is_nothing_known() -> None:
    assert (wilson_interval(0, 0).low, wilson_interval(0, 0).high) == (0.0, 1.0)


def test_errors_are_shares_of_the_accepted_and_of_the_refused() -> None:
    accepted_right, accepted_wrong, refused_right, refused_wrong = (
        (True, True),
        (True, False),
        (False, True),
        (False, False),
    )
    judged = [accepted_right] * 5 + [accepted_wrong] * 2 + [refused_right] + [refused_wrong] * 3
    errors = verifier_errors(judged)
    assert errors.false_positives == Share(count=2, total=7)
    assert errors.false_negatives == Share(count=1, total=4)
    assert errors.false_positives.interval == wilson_interval(2, 7)


def test_without_labels_nothing_is_known() -> None:
    errors = verifier_errors([])
    assert (errors.false_positives.total, errors.false_negatives.total) == (0, 0)
