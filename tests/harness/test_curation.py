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
    return Pool(problems=tuple(problem(f"{prefix}{index}") for index in range(count)), weight=weight)


def test_an_epoch_gives_every_problem_once() -> None:
    mix = ProblemMix([pool("a", 10)], seed=3)
    first, second = mix.draw(10), mix.draw(10)
    assert {each.prompt for each in first} == {f"a{index}" for index in range(10)}
    assert {each.prompt for each in second} == {each.prompt for each in first}
    assert first != second


def test_weights_are_shares_of_the_prompts() -> None:
    mix = ProblemMix([pool("a", 50, weight=3), pool("b", 50, weight=1)], seed=0)
    drawn = [each.prompt[0] for each in mix.draw(4000)]
    assert 0.72 < drawn.count("a") / len(drawn) < 0.78


@given(st.lists(st.integers(1, 9), max_size=6), st.integers(0, 5))
def test_a_restored_mix_goes_on_exactly(before: list[int], seed: int) -> None:
    pools = [pool("a", 5), pool("b", 7, weight=2)]
    mix = ProblemMix(pools, seed=seed)
    for count in before:
        mix.draw(count)
    other = ProblemMix(pools, seed=seed)
    other.restore(mix.state())
    assert [other.draw(4) for _ in range(3)] == [mix.draw(4) for _ in range(3)]


def test_a_cursor_of_another_recipe_is_refused() -> None:
    with pytest.raises(ConfigError, match="does not fit"):
        ProblemMix([pool("a", 2)], seed=0).restore(MixState(draws=1, drawn=[1, 2]))


def test_an_empty_source_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least one problem"):
        ProblemMix([pool("a", 0)], seed=0)
