"""Every rollout engine in the table samples alike: in order, aligned, bounded and by its seed alone.

vLLM has an environment of its own, where `tests/vllm` puts it through the same.
"""

import pkgutil
from collections.abc import Iterator

import pytest

from evals.sampler import Completion, Sampling
from harness.config import WarmStart
from harness.engines.port import ENGINES, Request, RolloutEngine
from tests.harness.tiny_models import PROMPTS, SIZE, tiny_policy

SAMPLING = Sampling(n=3, temperature=1.2, max_tokens=16, seed=11)


@pytest.fixture
def size() -> WarmStart:
    """Of the models."""
    return SIZE


@pytest.fixture(params=sorted(set(ENGINES) - {"vllm"}))
def engine(request: pytest.FixtureRequest, size: WarmStart) -> Iterator[RolloutEngine]:
    opened: RolloutEngine = pkgutil.resolve_name(ENGINES[request.param])(tiny_policy(size=size), batch_rows=8)
    yield opened
    opened.close()


def test_each_prompt_gets_n_completions_in_order(engine: RolloutEngine) -> None:
    drawn = engine.sample(PROMPTS, SAMPLING)
    assert [len(group) for group in drawn] == [3] * len(PROMPTS)


def test_each_token_has_its_logprob_and_there_are_at_most_max_tokens(engine: RolloutEngine) -> None:
    for group in engine.sample(PROMPTS, SAMPLING):
        for completion in group:
            assert 1 <= len(completion.token_ids) <= 16
            assert len(completion.logprobs) == len(completion.token_ids)
            assert all(logprob <= 1e-6 for logprob in completion.logprobs)


def test_what_max_tokens_ended_is_marked(engine: RolloutEngine) -> None:
    for group in engine.sample(PROMPTS, Sampling(n=3, max_tokens=1, temperature=1.2, seed=3)):
        for completion in group:
            assert completion.truncated or not completion.text


def test_equal_seeds_give_equal_completions_and_others_others(engine: RolloutEngine) -> None:
    many = Sampling(n=8, temperature=1.2, max_tokens=48, seed=11)
    first = engine.sample(PROMPTS, many)
    assert engine.sample(PROMPTS, many) == first
    assert engine.sample(PROMPTS, Sampling(n=8, temperature=1.2, max_tokens=48, seed=12)) != first


def streamed(
    engine: RolloutEngine, requests: list[Request], sampling: Sampling
) -> dict[str, list[Completion]]:
    """What a stream draws of these requests, one let in at each pull; by prompt."""
    left = list(requests)
    drawn: dict[int, dict[int, Completion]] = {}
    for each in engine.stream(lambda _rows: [left.pop(0)] if left else [], sampling):
        assert each.index not in drawn.setdefault(each.key, {})
        drawn[each.key][each.index] = each.completion
    assert not left
    return {
        request.prompt: [drawn[request.key][index] for index in range(sampling.n)] for request in requests
    }


def test_a_stream_draws_each_request_whole_and_by_its_own_stream_of_chance(engine: RolloutEngine) -> None:
    requests = [Request(key=key, prompt=prompt, stream=f"s{key}") for key, prompt in enumerate(PROMPTS)]
    drawn = streamed(engine, requests, SAMPLING)
    again = streamed(engine, requests[::-1], SAMPLING)
    for prompt in PROMPTS:
        ids = [completion.token_ids for completion in drawn[prompt]]
        assert [completion.token_ids for completion in again[prompt]] == ids
        for one, other in zip(drawn[prompt], again[prompt], strict=True):
            assert one.logprobs == pytest.approx(other.logprobs, abs=1e-4)


def test_a_stream_hands_over_what_ends_before_it_lets_in_more(engine: RolloutEngine) -> None:
    """With room for two prompts, the third comes after something has ended."""
    left = [Request(key=key, prompt=PROMPTS[key % 4], stream=f"s{key}") for key in range(8)]
    seen: list[str] = []

    def pull(rows: int) -> list[Request]:
        count = min(len(left), -(-rows // SAMPLING.n))
        seen.extend(["in"] * count)
        return [left.pop(0) for _ in range(count)]

    note = seen.append
    for _ in engine.stream(pull, SAMPLING):
        note("out")
    assert seen.count("out") == 8 * SAMPLING.n
    assert seen[-1] == "out"
    assert "out" in seen[: len(seen) - 1 - seen[::-1].index("in")], "all were let in at the start"


def test_a_stream_without_requests_is_empty(engine: RolloutEngine) -> None:
    assert list(engine.stream(lambda _rows: [], SAMPLING)) == []


def test_no_prompts_give_nothing(engine: RolloutEngine) -> None:
    assert engine.sample([], SAMPLING) == []


def test_loading_weights_moves_the_version(engine: RolloutEngine, size: WarmStart) -> None:
    assert engine.version == 0
    engine.load(tiny_policy(seed=1, size=size).model, 5)
    assert engine.version == 5
    assert engine.sample(PROMPTS, SAMPLING)


def test_closing_twice_is_safe(engine: RolloutEngine) -> None:
    engine.close()
    engine.close()
