from collections.abc import Sequence

import pytest

from harness.reset_section import Reset
from harness.triggers import TRIGGERS, Degradation, History, Interval, KlSpike, Plateau, open_triggers


def history(
    *, age: int = 1, kl: Sequence[float] = (), scores: Sequence[float] = (), fresh: bool = True
) -> History:
    return History(
        age=age, kl=kl, updated=bool(kl) and fresh, scores=scores, validated=bool(scores) and fresh
    )


def test_an_interval_fires_once_it_is_over() -> None:
    trigger = Interval(every=200)
    assert trigger.fires(history(age=199)) is None
    assert trigger.fires(history(age=200)) == {"every": 200}
    assert trigger.fires(history(age=201)) is not None


def test_a_kl_spike_is_measured_against_the_median_of_the_window_before_it() -> None:
    trigger = KlSpike(ratio=4.0, window=3, above=None)
    assert trigger.fires(history(kl=[9.0, 0.1, 0.2, 0.1, 0.4])) is None
    assert trigger.fires(history(kl=[9.0, 0.1, 0.2, 0.1, 0.41])) == {"kl": 0.41, "median": 0.1, "ratio": 4.0}
    # One spike in the window does not hide the next, as a mean would let it.
    assert trigger.fires(history(kl=[0.1, 5.0, 0.1, 0.5])) is not None


def test_a_kl_spike_needs_a_whole_window_and_a_bound_does_not() -> None:
    assert KlSpike(ratio=4.0, window=3, above=None).fires(history(kl=[0.1, 0.1, 9.0])) is None
    assert KlSpike(ratio=4.0, window=3, above=1.0).fires(history(kl=[1.1])) == {"kl": 1.1, "above": 1.0}
    assert KlSpike(ratio=4.0, window=3, above=1.0).fires(history(kl=[1.0])) is None


@pytest.mark.parametrize(
    ("scores", "fires"),
    [
        ([0.5], False),
        ([0.5, 0.5], False),
        ([0.5, 0.5, 0.51], True),
        ([0.5, 0.5, 0.6], False),
        ([0.5, 0.6, 0.6], False),
        ([0.5, 0.6, 0.61, 0.6], True),
        ([0.7, 0.5, 0.6], True),
    ],
)
def test_a_plateau_is_a_window_without_a_better_score(scores: list[float], fires: bool) -> None:
    found = Plateau(window=2, tolerance=0.02).fires(history(scores=scores))
    assert (found is not None) == fires


def test_a_plateau_says_which_scores_it_compared() -> None:
    found = Plateau(window=2, tolerance=0.02).fires(history(scores=[0.7, 0.5, 0.6]))
    assert found == {"window_best": 0.6, "best_before": 0.7, "tolerance": 0.02}


@pytest.mark.parametrize(
    ("scores", "fires"),
    [
        ([0.2], False),
        ([0.5, 0.2], False),
        ([0.5, 0.45, 0.44], True),
        ([0.5, 0.46, 0.46], False),
        ([0.3, 0.5, 0.44, 0.44], True),
        ([0.5, 0.3, 0.7], False),
    ],
)
def test_a_degradation_is_a_window_well_below_the_best_before(scores: list[float], fires: bool) -> None:
    found = Degradation(window=2, tolerance=0.05).fires(history(scores=scores))
    assert (found is not None) == fires


def test_nothing_fires_on_a_number_that_is_not_this_steps() -> None:
    stale = history(kl=[0.1, 0.1, 9.0], scores=[0.9, 0.1, 0.1], fresh=False)
    assert KlSpike(ratio=2.0, window=2, above=0.01).fires(stale) is None
    assert Plateau(window=1, tolerance=0.0).fires(stale) is None
    assert Degradation(window=1, tolerance=0.0).fires(stale) is None


def test_a_recipe_opens_the_triggers_that_it_names_in_the_tables_order() -> None:
    validation = {"sets": ["held"], "every": 5}
    stall = {"window": 2, "tolerance": 0.0}
    whole = Reset.model_validate(
        {"every": 9, "kl_spike": {}, "plateau": stall, "degradation": stall, "validation": validation}
    )
    assert list(open_triggers(whole)) == list(TRIGGERS)
    assert list(open_triggers(Reset(every=9))) == ["interval"]
    assert open_triggers(Reset()) == {}
