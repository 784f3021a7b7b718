import json
from pathlib import Path
from typing import Any

import pytest
from transformers import Qwen2Config, Qwen2ForCausalLM

from harness.config import Model, WarmStart
from harness.estimate import memory, model_shape, parameters
from tests.harness.recipes import tiny_recipe

SHAPE: dict[str, Any] = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 77,
}


@pytest.mark.parametrize("tied", [True, False])
def test_parameters_are_counted_as_transformers_makes_them(tied: bool) -> None:
    shape = SHAPE | {"tie_word_embeddings": tied}
    model = Qwen2ForCausalLM(Qwen2Config(**shape))  # type: ignore[no-untyped-call]  # transformers' has no types
    assert parameters(shape) == sum(each.numel() for each in model.parameters())


def test_the_published_models_have_their_published_size() -> None:
    shape = model_shape(Model(name="deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"))
    assert shape is not None
    assert parameters(shape) == 1_777_088_000


def test_memory_follows_from_the_shape_and_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(SHAPE | {"tie_word_embeddings": True}))
    config = tiny_recipe(
        model={"name": str(tmp_path), "dtype": "bfloat16"},
        rollout={"n": 4, "prompts": 4, "max_tokens": 10, "batch_rows": 6},
        optimizer={"micro_rows": 5},
    )
    found = memory(config)
    assert found is not None
    count = parameters(SHAPE | {"tie_word_embeddings": True})
    assert (found.weights, found.gradients, found.optimizer) == (2 * count, 2 * count, 4 * count)
    assert found.kv_cache == 2 * 3 * 2 * 8 * 2 * 6 * 10
    assert found.logits == 2 * 5 * 10 * 77 * 4


def test_a_model_that_is_not_here_is_not_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    assert memory(tiny_recipe(model={"name": "somebody/unknown"})) is None
    cached = tmp_path / "hub" / "models--somebody--unknown" / "snapshots" / "abc"
    cached.mkdir(parents=True)
    (cached / "config.json").write_text(json.dumps({"hidden_size": 4}))
    assert memory(tiny_recipe(model={"name": "somebody/unknown"})) is None
    (cached / "config.json").write_text(json.dumps(SHAPE))
    assert memory(tiny_recipe(model={"name": "somebody/unknown"})) is not None


def test_a_base_that_is_made_here_is_known_by_its_recipe() -> None:
    shape = model_shape(Model(name="x", warm_start=WarmStart(hidden_size=12, heads=3)))
    assert shape is not None
    assert (shape["hidden_size"], shape["num_hidden_layers"]) == (12, 3)
