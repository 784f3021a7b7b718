"""Models too small to know anything, in two architectures, and rollouts by them."""

from collections.abc import Sequence

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from evals.rollout import Rollout
from evals.sampler import Completion, Sampler, Sampling
from harness.config import WarmStart
from harness.engines.policy import Policy
from harness.group import Group
from harness.learners.warm_start import new_policy
from rewards.problem import Domain, Problem
from rewards.verdict import Outcome, Verdict, share_verdict

SIZE = WarmStart(hidden_size=32, layers=2, heads=4, key_value_heads=2, intermediate_size=64)
WIDE_HEADS = WarmStart(hidden_size=64, layers=2, heads=2, key_value_heads=1, intermediate_size=64)
"""vLLM's attention on a CPU wants heads of 32 numbers at least."""
PROMPTS = ["1 + 1 =", "Say something.", "x", "Spell this word backward: elephant"]


def tiny_policy(architecture: str = "qwen2", *, seed: int = 0, size: WarmStart = SIZE) -> Policy:
    """Random weights, large enough that tokens differ clearly in probability; one in 16 ends."""
    policy = new_policy(size, [], seed=seed)
    model = policy.model
    if architecture == "llama":
        config = LlamaConfig(
            vocab_size=len(policy.tokenizer),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            intermediate_size=64,
            eos_token_id=0,
            pad_token_id=0,
            tie_word_embeddings=False,
        )
        model = LlamaForCausalLM(config)  # type: ignore[no-untyped-call]  # transformers' has no types
    chance = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 2:
                parameter.copy_(torch.randn(parameter.shape, generator=chance) * 0.2)
    model.generation_config.eos_token_id = list(range(16))
    return Policy(model, policy.tokenizer)


def rollouts(completions: Sequence[Completion], prompt: str, rewards: Sequence[float | None]) -> Group:
    """A group of these completions with these rewards; None stands for one that was not judged."""
    problem = Problem(domain=Domain.LOGIC, prompt=prompt, verifier="scripted", reference={}, source="test")
    unjudged = Verdict(status=Outcome.INFRA_ERROR, reward=None)
    return Group(
        problem=problem,
        rollouts=tuple(
            Rollout(
                problem=problem,
                index=index,
                completion=completion,
                verdict=unjudged if reward is None else share_verdict(reward),
                reward=reward,
            )
            for index, (completion, reward) in enumerate(zip(completions, rewards, strict=True))
        ),
    )


def sampled_groups(
    sampler: Sampler, *, n: int = 4, temperature: float = 1.2, seed: int = 0, max_tokens: int = 12
) -> list[Group]:
    """One group a prompt; every other completion is right."""
    sampling = Sampling(n=n, temperature=temperature, max_tokens=max_tokens, seed=seed)
    rewards = [float(index % 2) for index in range(n)]
    return [
        rollouts(completions, prompt, rewards)
        for prompt, completions in zip(PROMPTS, sampler.sample(PROMPTS, sampling), strict=True)
    ]


def signs(groups: Sequence[Group]) -> list[list[float]]:
    """Advantage 1 for what is right and -1 for what is wrong."""
    return [[2 * reward - 1 for reward in group.rewards] for group in groups]
