import json
import random
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.curation import MixState, Pool, ProblemMix
from harness.errors import ConfigError
from rewards.problem import Domain, Problem


def problem(name: str) -> Problem:
    return Problem(
        domain=Domain.LOGIC, prompt=name, verifier="scripted", reference={}, source="scripted:test"
    )


def pool(prefix: str, count: int, weight: float = 1.0) -> Pool:
    problems = tuple(problem(f"{prefix}{index}") for index in range(count))
    return Pool(problems=problems, weight=weight, name=prefix)


def test_an_epoch_gives_every_problem_once() -> None:
    mix = ProblemMix([pool("a", 10)], seed=3)
    first, second = mix.draw(10), mix.draw(10)
    assert {each.prompt for each in first} == {f"a{index}" for index in range(10)}
    assert {each.prompt for each in second} == {each.prompt for each in first}
    assert first != second


def trained_shares(
    mix: ProblemMix, rates: dict[str, float], *, steps: int, seed: int = 0, prompts: int = 16
) -> dict[str, float]:
    """Go through `steps` steps whose groups of a source are informative at its rate; the realised mix."""
    chance = random.Random(seed)
    for _ in range(steps):
        wanted = prompts
        while wanted > 0:
            for each in mix.draw(wanted):
                informative = chance.random() < rates[each.prompt[0]]
                mix.settle([each], trained=informative)
                wanted -= informative
            if not any(rates.values()):
                break
    return mix.shares()


def test_weights_are_shares_of_the_prompts() -> None:
    mix = ProblemMix([pool("a", 50, weight=3), pool("b", 50, weight=1)], seed=0)
    drawn = [each.prompt[0] for each in mix.draw(4000)]
    assert drawn.count("a") / len(drawn) == pytest.approx(0.75, abs=0.001)


@pytest.mark.parametrize("rates", [{"a": 0.9, "b": 0.9}, {"a": 0.15, "b": 0.9}, {"a": 1.0, "b": 0.3}])
@pytest.mark.parametrize("weight", [1.0, 4.0])
def test_what_is_trained_on_follows_the_weights_however_much_of_a_source_is_dropped(
    rates: dict[str, float], weight: float
) -> None:
    mix = ProblemMix([pool("a", 50, weight=weight), pool("b", 50, weight=1)], seed=0)
    shares = trained_shares(mix, rates, steps=100)
    assert shares["a"] == pytest.approx(weight / (1 + weight), abs=0.01)


def test_weights_hold_where_fates_are_known_late() -> None:
    mix = ProblemMix([pool("a", 500), pool("b", 500)], seed=0)
    chance, waiting = random.Random(1), mix.draw(64)
    for _ in range(100):
        waiting, settled = waiting[16:] + mix.draw(16), waiting[:16]
        for each in settled:
            mix.settle([each], trained=chance.random() < {"a": 0.2, "b": 0.8}[each.prompt[0]])
    assert mix.shares()["a"] == pytest.approx(0.5, abs=0.02)


def test_a_dry_source_is_drawn_eight_times_its_weight_at_most_and_the_others_share_the_rest() -> None:
    mix = ProblemMix([pool("a", 50), pool("b", 50, weight=2), pool("c", 50, weight=1)], seed=0)
    rates = {"a": 0.0, "b": 1.0, "c": 0.5}
    trained_shares(mix, rates, steps=100)
    before = mix.state().drawn
    shares = trained_shares(mix, rates, steps=100)
    assert shares == {"a": 0, "b": pytest.approx(2 / 3, abs=0.01), "c": pytest.approx(1 / 3, abs=0.01)}
    a, b, _ = (after - early for after, early in zip(mix.state().drawn, before, strict=True))
    assert a / (b / 2) == pytest.approx(8, rel=0.05), "b is trained on at every draw"


def test_a_source_that_wakes_up_takes_its_share_again_and_no_more() -> None:
    mix = ProblemMix([pool("a", 50), pool("b", 50)], seed=0)
    trained_shares(mix, {"a": 0.0, "b": 1.0}, steps=100)
    before = mix.state().trained
    trained_shares(mix, {"a": 0.6, "b": 1.0}, steps=100)
    late = [after - early for after, early in zip(mix.state().trained, before, strict=True)]
    assert late[0] / sum(late) == pytest.approx(0.5, abs=0.02)


def test_other_weights_hold_from_their_stage_on() -> None:
    mix = ProblemMix([pool("a", 50), pool("b", 50, weight=0)], seed=0)
    assert {each.prompt[0] for each in mix.draw(20)} == {"a"}
    mix.reweight([1, 3])
    assert [each.prompt[0] for each in mix.draw(400)].count("b") == 300
    assert mix.state().drawn == [120, 300]


def test_what_was_not_drawn_cannot_be_settled() -> None:
    mix = ProblemMix([pool("a", 5)], seed=0)
    (drawn,) = mix.draw(1)
    mix.settle([drawn], trained=True)
    with pytest.raises(ValueError, match="not drawn, or is settled already"):
        mix.settle([drawn], trained=True)


@given(st.lists(st.integers(1, 9), max_size=6), st.integers(0, 5), st.randoms(use_true_random=False))
def test_a_restored_mix_goes_on_exactly(before: list[int], seed: int, chance: random.Random) -> None:
    pools = [pool("a", 5), pool("b", 7, weight=2)]
    mix = ProblemMix(pools, seed=seed)
    mix.reweight([1, 3])
    waiting: list[Problem] = []
    for count in before:
        waiting += mix.draw(count)
        while waiting and chance.random() < 0.7:
            mix.settle([waiting.pop(chance.randrange(len(waiting)))], trained=chance.random() < 0.5)
    other = ProblemMix(pools, seed=seed)
    other.restore(MixState(**json.loads(json.dumps(asdict(mix.state())))))
    for each in (mix, other):
        each.settle(waiting, trained=True)
    for _ in range(3):
        drawn = mix.draw(4)
        assert other.draw(4) == drawn
        for each in (mix, other):
            each.settle(drawn[:2], trained=False)
    assert other.state() == mix.state()


def test_a_cursor_of_another_recipe_is_refused() -> None:
    state = ProblemMix([pool("a", 2), pool("b", 2)], seed=0).state()
    with pytest.raises(ConfigError, match="does not fit"):
        ProblemMix([pool("a", 2)], seed=0).restore(state)
    with pytest.raises(ConfigError, match="does not fit"):
        ProblemMix([pool("a", 2)], seed=0).restore(MixState(drawn=[1]))


def test_a_cursor_over_other_problems_is_refused() -> None:
    pools = [replace(pool("a", 2), fingerprint=fingerprint) for fingerprint in ("1", "2")]
    state = ProblemMix(pools[:1], seed=0).state()
    with pytest.raises(ConfigError, match="the problems of 'a' are others than when the checkpoint was made"):
        ProblemMix(pools[1:], seed=0).restore(state)


def test_an_empty_source_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least one problem"):
        ProblemMix([pool("a", 0)], seed=0)
    for pools in ([], [pool("a", 2, weight=0)]):
        with pytest.raises(ConfigError, match="a weight above 0"):
            ProblemMix(pools, seed=0)
