import json
import random

import pytest
from scipy.stats import betabinom, chi2

from harness.sampling.outlook import KEPT_EACH_VISIT, PRIOR, Outlook

N = 8


def has_signal_chance(rate: float) -> float:
    return 1 - rate**N - (1 - rate) ** N


def end_visit(outlook: Outlook, problem_id: str, solved: int) -> None:
    rewards = [1.0] * solved + [0.0] * (N - solved)
    outlook.end_step([(problem_id, rewards, 0 < solved < N)])


def test_a_prompts_chance_is_the_beta_binomials() -> None:
    outlook = Outlook(n=N, recheck=0.1, seed=0)
    unseen = betabinom(N, PRIOR, PRIOR)
    assert outlook.signal_chance("p") == pytest.approx(1 - unseen.pmf(0) - unseen.pmf(N))
    end_visit(outlook, "p", 3)
    assert outlook.signal_chance("p") == pytest.approx(1 - betabinom(N, PRIOR + 5, PRIOR + 3).pmf(N))
    end_visit(outlook, "p", 0)
    usual, other = 5 * KEPT_EACH_VISIT + N, 3 * KEPT_EACH_VISIT
    assert outlook.signal_chance("p") == pytest.approx(1 - betabinom(N, PRIOR + usual, PRIOR + other).pmf(N))


def test_a_prompt_without_signal_rests_the_more_the_longer_and_never_altogether() -> None:
    outlook = Outlook(n=N, recheck=0.1, seed=0)
    chances = []
    for _ in range(60):
        chances.append(outlook.visit_chance("never"))
        end_visit(outlook, "never", 0)
    assert chances[0] == 1
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] == 0.1
    end_visit(outlook, "never", 4)
    assert outlook.visit_chance("never") == 1


def test_continuous_rewards_of_one_value_are_no_signal_whichever_it_is() -> None:
    outlook = Outlook(n=N, recheck=0.1, seed=0)
    outlook.end_step([("half", [0.5] * N, False), ("none", [0.0] * N, False)])
    assert outlook.visit_chance("half") == outlook.visit_chance("none") < 1


def test_a_pool_whose_failing_prompts_never_come_round_is_found_out() -> None:
    """The same evidence counts for more where it has never misled."""
    hopeless, fickle = Outlook(n=N, recheck=0.01, seed=0), Outlook(n=N, recheck=0.01, seed=0)
    for number in range(40):
        for outlook, second in ((hopeless, 0), (fickle, 4)):
            end_visit(outlook, str(number), 0)
            end_visit(outlook, str(number), second)
            end_visit(outlook, "asked", 0)
    assert hopeless.visit_chance("asked") < fickle.visit_chance("asked")


def test_a_restored_outlook_goes_on_exactly() -> None:
    outlook = Outlook(n=N, recheck=0.1, seed=3)
    for number in range(30):
        outlook.roll(str(number % 4))
        end_visit(outlook, str(number % 4), number % 4)
    other = Outlook(n=N, recheck=0.1, seed=3)
    other.restore(json.loads(json.dumps(outlook.state())))
    assert other.state() == outlook.state()
    assert [other.roll("0") for _ in range(50)] == [outlook.roll("0") for _ in range(50)]
    assert other.rate() == outlook.rate()


def trained(rates: list[float], *, turns: int, seed: int) -> tuple[list[float], list[int], list[float]]:
    """By prompt: the weights of its groups with a signal, their number, and the weights' variance."""
    outlook, chance = Outlook(n=N, recheck=0.1, seed=seed), random.Random(seed)
    weights, counts, variances = [0.0] * len(rates), [0] * len(rates), [0.0] * len(rates)
    for _ in range(turns):
        visited = []
        for place, rate in enumerate(rates):
            visit, expected = outlook.visit_chance(str(place)), has_signal_chance(rate)
            variances[place] += expected / visit - expected**2
            if outlook.roll(str(place)):
                solved = sum(chance.random() < rate for _ in range(N))
                rewards = [1.0] * solved + [0.0] * (N - solved)
                visited.append((str(place), rewards, 0 < solved < N))
                if 0 < solved < N:
                    weights[place] += 1 / visit
                    counts[place] += 1
        outlook.end_step(visited)
    return weights, counts, variances


def chance_of_such(deviations: list[float]) -> float:
    """The chi-square test's p: how likely squared deviations of so many prompts are as large or larger."""
    return float(chi2.sf(sum(deviations), len(deviations)))


def test_resting_changes_not_which_prompts_are_trained() -> None:
    """Be a signal rare or common, each prompt has the weight that it has without resting."""
    chance, turns = random.Random(5), 400
    rates = [chance.betavariate(0.3, 0.3) for _ in range(150)]
    rates = [rate for rate in rates if turns * has_signal_chance(rate) > 20]
    weights, counts, variances = trained(rates, turns=turns, seed=0)
    expected = [turns * has_signal_chance(rate) for rate in rates]
    rested = 1 - sum(counts) / sum(expected)
    assert rested > 0.02, "hardly any rested, so nothing is shown"
    honest = zip(weights, expected, variances, strict=True)
    assert chance_of_such([(got - due) ** 2 / var for got, due, var in honest if var > 1e-9]) > 0.01
    plain = [turns * has_signal_chance(rate) * (1 - has_signal_chance(rate)) for rate in rates]
    biased = zip(counts, expected, plain, strict=True)
    assert chance_of_such([(got - due) ** 2 / var for got, due, var in biased if var > 1e-9]) < 1e-6
