"""The boundary rule finds what was planted and keeps silent where nothing was."""

import numpy as np
import pytest

from evals.boundary import BoundaryClass, classify
from evals.errors import EvalError
from tests.evals.reports import report_of, verdicts


def test_nothing_planted_is_left_undecided() -> None:
    for problems in (30, 100):
        found = verdicts(problems=problems, shift=0.0, late=0.0, trials=100)
        assert found[BoundaryClass.UNDECIDED] >= 90


def test_planted_growth_and_loss_are_found() -> None:
    assert verdicts(problems=100, shift=2.0, late=1.0, trials=60)[BoundaryClass.SUSTAIN] >= 40
    assert verdicts(problems=100, shift=-1.5, late=-0.75, trials=60)[BoundaryClass.DIMINISH] >= 55


def test_growth_that_ended_early_is_a_plateau() -> None:
    boundary = classify(report_of([0] * 40 + [256] * 60), report_of([256] * 100), report_of([256] * 100))
    assert boundary.kind is BoundaryClass.PLATEAU
    assert "within 3%" in boundary.reason


def test_growth_without_a_mid_checkpoint_is_undecided_and_says_why() -> None:
    boundary = classify(report_of([0] * 40 + [256] * 60), None, report_of([256] * 100))
    assert boundary.kind is BoundaryClass.UNDECIDED
    assert "no mid checkpoint" in boundary.reason
    assert boundary.change_k.direction == 1
    assert boundary.late_change_k is None


def test_the_numbers_behind_the_verdict_are_there() -> None:
    base = report_of([0, 0, 2, 2] * 5, model="base")
    final = report_of([0, 8, 0, 256] * 5, model="final")
    boundary = classify(base, None, final, k=64)
    assert (boundary.base.model, boundary.final.model, boundary.k) == ("base", "final", 64)
    assert boundary.base.pass_1 == pytest.approx(2 / 256 / 2)
    assert boundary.change_1.value == pytest.approx(boundary.final.pass_1 - boundary.base.pass_1)
    assert boundary.change_k.interval.low <= boundary.change_k.value <= boundary.change_k.interval.high
    assert boundary.gained == tuple(f"p{4 * block + 1}" for block in range(5))
    assert boundary.lost == tuple(f"p{4 * block + 2}" for block in range(5))
    assert boundary.change_k.changed == 15


def test_the_crossover_is_where_the_base_has_drawn_level() -> None:
    base, final = report_of([10] * 20), report_of([0] * 10 + [200] * 10)
    boundary = classify(base, None, final)
    assert boundary.crossover_k == 32
    assert classify(final, None, base).crossover_k is None


def test_few_problems_and_few_changes_are_not_believed() -> None:
    few = classify(report_of([0] * 9), None, report_of([256] * 9))
    assert few.kind is BoundaryClass.UNDECIDED
    assert "too few" in few.reason
    five_lost = classify(report_of([256] * 50), None, report_of([0] * 5 + [256] * 45))
    assert five_lost.change_k.interval.high < 0
    assert five_lost.kind is BoundaryClass.UNDECIDED
    six_lost = classify(report_of([256] * 50), None, report_of([0] * 6 + [256] * 44))
    assert six_lost.kind is BoundaryClass.DIMINISH


def test_the_comparison_is_paired() -> None:
    """A small loss on every problem is found, though the problems differ far more than that."""
    right = np.random.default_rng(3).integers(2, 20, 60)
    assert classify(report_of(right), None, report_of(right - 1), k=16).kind is BoundaryClass.DIMINISH


def test_problems_that_could_not_be_judged_leave_all_checkpoints() -> None:
    base = report_of([256] * 20, valid=[256] * 19 + [0])
    boundary = classify(base, None, report_of([256] * 20))
    assert (boundary.problems, boundary.dropped) == (19, 1)


def test_what_cannot_be_compared_is_refused() -> None:
    base = report_of([1] * 20)
    with pytest.raises(EvalError, match="benchmark version 'v1' against 'v2'"):
        classify(base, None, report_of([1] * 20, version="v2"))
    with pytest.raises(EvalError, match=r"temperature 1.0 against 0.6"):
        classify(base, None, report_of([1] * 20, temperature=0.6))
    with pytest.raises(EvalError, match="draw more or ask for a smaller k"):
        classify(base, None, base, k=512)
    with pytest.raises(EvalError, match="no problem has 128 judged samples"):
        classify(base, None, report_of([0] * 20, valid=[0] * 20))
