from pathlib import Path
from typing import Any

import pytest
import torch

from evals.sampler import Completion, Sampling
from harness.engines.huggingface import HuggingFaceEngine
from harness.engines.policy import Policy
from tests.harness.tiny_models import PROMPTS, tiny_policy

SAMPLING = Sampling(n=5, temperature=1.2, max_tokens=20, seed=7)
architectures = pytest.mark.parametrize("architecture", ["qwen2", "llama"])


def ids(drawn: list[list[Completion]]) -> list[list[tuple[int, ...]]]:
    return [[completion.token_ids for completion in group] for group in drawn]


def plain_logits(policy: Policy, prompt: str, completion: Completion) -> torch.Tensor:
    """Logits of the completion's tokens by one forward pass over the unpadded whole."""
    prompt_ids = policy.prompt_ids(prompt)
    with torch.no_grad():
        whole: torch.Tensor = policy.model(torch.tensor([[*prompt_ids, *completion.token_ids]])).logits[0]
    return whole[len(prompt_ids) - 1 : -1]


@architectures
def test_logprobs_are_those_of_a_plain_forward_pass_at_the_temperature(architecture: str) -> None:
    policy = tiny_policy(architecture)
    drawn = HuggingFaceEngine(policy, batch_rows=6).sample(PROMPTS, SAMPLING)
    for prompt, group in zip(PROMPTS, drawn, strict=True):
        for completion in group:
            logprobs_TV = (plain_logits(policy, prompt, completion) / 1.2).log_softmax(-1)
            expected_T = logprobs_TV[range(len(completion.token_ids)), completion.token_ids]
            assert completion.logprobs == pytest.approx(expected_T.tolist(), abs=1e-4)


@architectures
def test_rows_that_come_and_go_draw_what_they_would_all_at_once(architecture: str) -> None:
    policy = tiny_policy(architecture)
    at_once = HuggingFaceEngine(policy, batch_rows=64).sample(PROMPTS, SAMPLING)
    assert len({len(completion.token_ids) for group in at_once for completion in group}) > 2
    for batch_rows in (1, 3, 8):
        few = HuggingFaceEngine(policy, batch_rows=batch_rows).sample(PROMPTS, SAMPLING)
        assert ids(few) == ids(at_once)


def test_equal_seeds_draw_equal_completions_whatever_came_before() -> None:
    engine = HuggingFaceEngine(tiny_policy())
    first = engine.sample(PROMPTS, SAMPLING)
    torch.rand(5)
    engine.sample(PROMPTS[:1], Sampling(seed=99))
    assert engine.sample(PROMPTS, SAMPLING) == first
    assert ids(engine.sample(PROMPTS, Sampling(n=5, max_tokens=20, seed=8))) != ids(first)


def test_sampling_leaves_torchs_own_randomness_alone() -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    HuggingFaceEngine(tiny_policy()).sample(PROMPTS, SAMPLING)
    assert torch.equal(torch.rand(3), expected)


def test_the_same_prompt_twice_is_drawn_from_twice() -> None:
    first, second = HuggingFaceEngine(tiny_policy()).sample(["x", "x"], SAMPLING)
    assert ids([first]) != ids([second])


@architectures
def test_at_temperature_0_it_writes_what_transformers_own_search_does(architecture: str) -> None:
    policy = tiny_policy(architecture)
    generate: Any = policy.model.generate  # transformers does not type it
    for prompt in PROMPTS:
        (group,) = HuggingFaceEngine(policy).sample([prompt], Sampling(n=2, temperature=0, max_tokens=12))
        prompt_ids = torch.tensor([policy.prompt_ids(prompt)])
        greedy = generate(
            prompt_ids,
            attention_mask=torch.ones_like(prompt_ids),
            max_new_tokens=12,
            do_sample=False,
        )
        expected = tuple(greedy[0, prompt_ids.shape[1] :].tolist())
        assert ids([group]) == [[expected, expected]]


def test_a_completion_carries_its_end_token_but_not_in_its_text() -> None:
    policy = tiny_policy()
    drawn = HuggingFaceEngine(policy).sample(PROMPTS, Sampling(n=40, max_tokens=40, temperature=1.2))
    flat = [completion for group in drawn for completion in group]
    ended = [completion for completion in flat if not completion.truncated]
    assert ended
    for completion in flat:
        *body, last = completion.token_ids
        assert (last in policy.end_ids) != completion.truncated
        assert not set(body) & set(policy.end_ids)
        assert len(completion.logprobs) == len(completion.token_ids) <= 40
        assert "<|endoftext|>" not in completion.text
    assert {len(completion.token_ids) for completion in flat if completion.truncated} == {40}


def test_top_p_keeps_to_the_likeliest_tokens() -> None:
    policy = tiny_policy()
    drawn = HuggingFaceEngine(policy).sample(PROMPTS, Sampling(n=8, top_p=0.3, max_tokens=10, seed=1))
    for prompt, group in zip(PROMPTS, drawn, strict=True):
        for completion in group:
            sorted_TV, order_TV = plain_logits(policy, prompt, completion).softmax(-1).sort(descending=True)
            before_TV = sorted_TV.cumsum(-1) - sorted_TV
            for token, order_V, before_V in zip(completion.token_ids, order_TV, before_TV, strict=True):
                assert before_V[order_V == token].item() < 0.3 + 1e-4


def test_no_prompts_give_no_completions() -> None:
    assert HuggingFaceEngine(tiny_policy()).sample([], SAMPLING) == []


def test_the_learners_live_module_is_sampled_from_and_not_copied() -> None:
    policy = tiny_policy()
    engine = HuggingFaceEngine(policy)
    before = engine.sample(PROMPTS, SAMPLING)
    engine.load(policy.model, version=1)
    with torch.no_grad():
        next(policy.model.parameters()).add_(0.5)
    assert engine.version == 1
    assert engine.sample(PROMPTS, SAMPLING) != before


def test_a_state_dict_is_sampled_from_without_touching_the_learners_module() -> None:
    policy, other = tiny_policy(), tiny_policy(seed=1)
    engine = HuggingFaceEngine(policy)
    own = engine.sample(PROMPTS, SAMPLING)
    engine.load(other.model.state_dict(), version=2)
    assert engine.sample(PROMPTS, SAMPLING) == HuggingFaceEngine(other).sample(PROMPTS, SAMPLING)
    assert HuggingFaceEngine(policy).sample(PROMPTS, SAMPLING) == own


def test_an_exported_folder_is_sampled_from(tmp_path: Path) -> None:
    other = tiny_policy(seed=1)
    other.export(tmp_path / "model")
    engine = HuggingFaceEngine(tiny_policy())
    engine.load(tmp_path / "model", version=3)
    assert engine.sample(PROMPTS, SAMPLING) == HuggingFaceEngine(other).sample(PROMPTS, SAMPLING)
