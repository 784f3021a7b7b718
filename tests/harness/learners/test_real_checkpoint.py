"""What the tiny models do, done once by a real checkpoint: read from GGUF, exported, sampled, trained."""

import math

import pytest

from evals.sampler import Sampling
from harness.config import Loss, Model, Optimizer
from harness.engines.huggingface import HuggingFaceEngine
from harness.engines.policy import load_policy
from harness.learners.torch_learner import TorchLearner
from tests.harness.smollm2 import smollm2_folder
from tests.harness.tiny_models import rollouts, signs

PROMPTS = ["What is the capital of France?", "What is 2 + 2? Answer with a number only."]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_smollm2_speaks_and_learns() -> None:
    policy = load_policy(Model(name=str(smollm2_folder())))
    assert str(policy.tokenizer.decode(policy.prompt_ids("Hi"))).endswith(
        "user\nHi<|im_end|>\n<|im_start|>assistant\n"
    )
    engine = HuggingFaceEngine(policy)
    greedy = engine.sample(PROMPTS[:1], Sampling(temperature=0, max_tokens=8))
    assert greedy[0][0].text == "The capital of France is Paris."
    assert not greedy[0][0].truncated
    drawn = engine.sample(PROMPTS, Sampling(n=4, max_tokens=16, seed=1))
    groups = [
        rollouts(group, prompt, [0.0, 1.0, 0.0, 1.0]) for prompt, group in zip(PROMPTS, drawn, strict=True)
    ]
    learner = TorchLearner(
        policy, loss=Loss(), optimizer=Optimizer(minibatches=1, micro_rows=4), temperature=1.0
    )
    metrics = learner.update(groups, signs(groups))
    assert metrics["ratio"] == pytest.approx(1, abs=1e-4), "the learner agrees with the sampler"
    assert metrics["kl_ref"] == 0
    assert 0 < metrics["entropy"] < math.log(len(policy.tokenizer))
    assert engine.sample(PROMPTS, Sampling(n=4, max_tokens=16, seed=1)) != drawn
