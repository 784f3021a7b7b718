"""What a run will take: bytes of its parts, and how much is drawn. Nothing is loaded or downloaded.

Not covered: activations, which gradient checkpointing makes small or not; what an allocator keeps;
prompts, whose lengths the recipe does not know.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.config import Model, RunConfig

DTYPE_BYTES: Final = {"float32": 4, "bfloat16": 2}
LOGIT_BYTES: Final = 4
"""Logits are made float32 before the softmax."""
_QWEN_1_5B: Final = {
    "hidden_size": 1536,
    "intermediate_size": 8960,
    "num_hidden_layers": 28,
    "num_attention_heads": 12,
    "num_key_value_heads": 2,
    "vocab_size": 151_936,
    "tie_word_embeddings": False,
}
KNOWN: Final[Mapping[str, Mapping[str, Any]]] = {
    "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B": _QWEN_1_5B,
    "nvidia/Nemotron-Research-Reasoning-Qwen-1.5B": _QWEN_1_5B,
}
"""The `config.json` of models that recipes here name, for machines that do not have them."""
CHARACTERS: Final = 128
"""Vocabulary of a base made here, about: one token a character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes by part, each as it stands at its largest."""

    weights: int
    reference: int
    gradients: int
    optimizer: int
    """Two moments for each weight."""
    kv_cache: int
    """Of `rollout.batch_rows` completions of full length."""
    logits: int
    """Of `optimizer.micro_rows` completions of full length with their gradient, where they are held whole."""

    def parts(self) -> dict[str, int]:
        """By name, in the order of the fields."""
        return {name: getattr(self, name) for name in self.__slots__}


def memory(config: RunConfig) -> Memory | None:
    """What a training process holds; None where the model's shape is not known on this machine."""
    shape = model_shape(config.model)
    if shape is None:
        return None
    size, rollout = DTYPE_BYTES[config.model.dtype], config.rollout
    weights = parameters(shape) * size
    head = shape.get("head_dim") or shape["hidden_size"] // shape["num_attention_heads"]
    cached = 2 * shape["num_hidden_layers"] * shape["num_key_value_heads"] * head * size
    logits = config.optimizer.micro_rows * rollout.max_tokens * shape["vocab_size"] * LOGIT_BYTES
    return Memory(
        weights=weights,
        reference=weights,
        gradients=weights,
        optimizer=2 * weights,
        kv_cache=cached * rollout.batch_rows * rollout.max_tokens,
        logits=2 * logits,
    )


def parameters(shape: Mapping[str, Any]) -> int:
    """Weights of a Qwen2 or Llama decoder of this `config.json`; Qwen2's biases are counted."""
    hidden, layers, heads = shape["hidden_size"], shape["num_hidden_layers"], shape["num_attention_heads"]
    head = shape.get("head_dim") or hidden // heads
    queries, keys = heads * head, shape["num_key_value_heads"] * head
    attention = 2 * hidden * queries + 2 * hidden * keys + queries + 2 * keys
    layer = attention + 3 * hidden * shape["intermediate_size"] + 2 * hidden
    embeddings = shape["vocab_size"] * hidden * (1 if shape.get("tie_word_embeddings") else 2)
    return int(layers * layer + hidden + embeddings)


def model_shape(model: Model) -> Mapping[str, Any] | None:
    """The model's `config.json`: of its folder, of the hub's cache here, or known by its name."""
    recipe = model.warm_start
    if recipe is not None:
        return {
            "hidden_size": recipe.hidden_size,
            "intermediate_size": recipe.intermediate_size,
            "num_hidden_layers": recipe.layers,
            "num_attention_heads": recipe.heads,
            "num_key_value_heads": recipe.key_value_heads,
            "vocab_size": CHARACTERS,
            "tie_word_embeddings": True,
        }
    hub = Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser() / "hub"
    cached = hub.glob(f"models--{model.name.replace('/', '--')}/snapshots/*/config.json")
    for path in (Path(model.name) / "config.json", *sorted(cached)):
        if path.is_file():
            shape: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return shape if _is_whole(shape) else None
    return KNOWN.get(model.name)


def _is_whole(shape: Mapping[str, Any]) -> bool:
    return all(isinstance(shape.get(key), int) for key in _QWEN_1_5B if key != "tie_word_embeddings")
