"""vLLM in the loop: what it samples from is what the learner has, before and after every update."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, cast

import pytest
import torch

from evals.sampler import Completion, Sampling
from harness.engines.huggingface import HuggingFaceEngine
from harness.engines.policy import Policy
from harness.engines.port import Finished, Request
from harness.engines.vllm_engine import VLLMEngine
from harness.errors import TrainingError
from harness.learners.torch_learner import TorchLearner
from harness.learning import Loss, Optimizer
from tests.harness.tiny_models import PROMPTS, WIDE_HEADS, sampled_groups, signs, tiny_policy

SAMPLING = Sampling(n=3, temperature=1.2, max_tokens=16, seed=11)
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def policy() -> Policy:
    return tiny_policy(size=WIDE_HEADS)


@pytest.fixture(scope="module")
def engine(policy: Policy) -> Iterator[VLLMEngine]:
    engine = VLLMEngine(policy, batch_rows=8)
    yield engine
    engine.close()


def off_by(policy: Policy, prompt: str, completion: Completion, temperature: float) -> float:
    """How far the engine's log-probabilities lie from a forward pass of the policy's own."""
    ids = torch.tensor([[*policy.prompt_ids(prompt), *completion.token_ids]])
    start = len(policy.prompt_ids(prompt))
    with torch.no_grad():
        logits = policy.model(input_ids=ids).logits[0, start - 1 : -1] / temperature
    own = torch.log_softmax(logits, dim=-1).gather(-1, ids[0, start:, None])[:, 0]
    return float((own - torch.tensor(completion.logprobs)).abs().max())


def worst(policy: Policy, drawn: Sequence[Sequence[Completion]]) -> float:
    return max(
        off_by(policy, prompt, completion, SAMPLING.temperature)
        for prompt, completions in zip(PROMPTS, drawn, strict=True)
        for completion in completions
    )


def test_two_training_steps_and_the_engine_follows_each(policy: Policy, engine: VLLMEngine) -> None:
    learner = TorchLearner(
        policy, loss=Loss(), optimizer=Optimizer(learning_rate=1e-2), temperature=SAMPLING.temperature
    )
    before = engine.sample(PROMPTS, SAMPLING)
    assert worst(policy, before) < TOLERANCE
    for step in (1, 2):
        groups = sampled_groups(engine, seed=step)
        metrics = learner.update(groups, signs(groups))
        assert metrics["ratio"] == pytest.approx(1, abs=0.2)
        assert worst(policy, before) > TOLERANCE  # the learner has moved, the engine has not
        engine.load(learner.weights(), step)
        before = engine.sample(PROMPTS, SAMPLING)
        assert worst(policy, before) < TOLERANCE
    assert engine.version == 2


def test_a_head_that_kept_old_weights_is_refused(policy: Policy, engine: VLLMEngine) -> None:
    """What vLLM's own reload does on a CPU: the tied head is left as it was, and nothing is said."""
    moved = tiny_policy(seed=3, size=WIDE_HEADS).model
    folder = engine._export(moved)
    engine._llm.collective_rpc("reload_weights", kwargs={"weights_path": str(folder)})
    engine._llm.reset_prefix_cache()
    with pytest.raises(TrainingError, match="other weights"):
        engine._check(moved)
    engine.load(policy.model, 3)
    assert worst(policy, engine.sample(PROMPTS, SAMPLING)) < TOLERANCE


def test_greedy_completions_are_those_of_the_other_engine(policy: Policy, engine: VLLMEngine) -> None:
    greedy = Sampling(n=1, temperature=0, max_tokens=12)
    engine.load(policy.model, 4)
    other = HuggingFaceEngine(policy).sample(PROMPTS, greedy)

    for ours, theirs in zip(engine.sample(PROMPTS, greedy), other, strict=True):
        assert ours[0].token_ids == theirs[0].token_ids
        assert ours[0].text == theirs[0].text
        assert ours[0].truncated == theirs[0].truncated
        assert ours[0].logprobs == pytest.approx(theirs[0].logprobs, abs=TOLERANCE)


def test_what_is_drawn_does_not_depend_on_what_is_drawn_beside_it(engine: VLLMEngine) -> None:
    def alone(place: int) -> dict[int, tuple[int, ...]]:
        requests = [Request(key=place, prompt=PROMPTS[place], stream=f"{SAMPLING.seed}:{place}")]
        return {each.index: each.completion.token_ids for each in stream(engine, requests)}

    together = [[each.token_ids for each in group] for group in engine.sample(PROMPTS, SAMPLING)]
    for place, drawn in enumerate(together):
        assert [alone(place)[index] for index in range(SAMPLING.n)] == drawn


def stream(engine: VLLMEngine, requests: list[Request]) -> list[Finished]:
    return list(engine.stream(lambda _rows: [requests.pop()] if requests else [], SAMPLING))


def test_prompts_are_pulled_as_room_is_left(engine: VLLMEngine) -> None:
    asked: list[int] = []
    waiting = list(range(12))

    def pull(rows: int) -> list[Request]:
        asked.append(rows)
        taken = [waiting.pop() for _ in range(min(len(waiting), max(1, rows // SAMPLING.n)))]
        return [Request(key=key, prompt=PROMPTS[key % 4], stream=f"x:{key}") for key in taken]

    finished = list(engine.stream(pull, SAMPLING))
    assert sorted((each.key, each.index) for each in finished) == [
        (k, i) for k in range(12) for i in range(3)
    ]
    assert len(asked) > 2
    assert asked[0] == 8


def test_a_stream_that_is_left_leaves_nothing_running(engine: VLLMEngine) -> None:
    requests = [Request(key=0, prompt=PROMPTS[0], stream="a"), Request(key=1, prompt=PROMPTS[1], stream="b")]
    with closing(
        cast(Any, engine.stream(lambda _rows: [requests.pop()] if requests else [], SAMPLING))
    ) as one:
        next(one)

    assert not engine._llm.llm_engine.has_unfinished_requests()
    assert engine.sample(PROMPTS, SAMPLING) == engine.sample(PROMPTS, SAMPLING)


def test_top_p_brings_no_logprobs(engine: VLLMEngine) -> None:
    drawn = engine.sample(PROMPTS[:1], Sampling(n=4, temperature=1.0, top_p=0.8, max_tokens=8, seed=1))
    assert all(completion.logprobs == () for completion in drawn[0])
