"""A small recipe that tests bend to their needs."""

from typing import Any

from harness.config import RunConfig
from harness.recipe import parse_recipe


def tiny_recipe(**changes: Any) -> RunConfig:
    """A recipe over scripted problems, with top-level keys replaced by `changes`."""
    tree: dict[str, Any] = {
        "name": "tiny",
        "steps": 6,
        "model": {"name": "scripted"},
        "data": [{"source": "scripted", "count": 8}],
        "rollout": {"n": 4, "prompts": 4, "max_tokens": 8, "temperature": 1.0},
        "optimizer": {"minibatches": 1},
        "checkpoint": {"every": 2},
        "evaluation": {"sets": []},
    }
    return parse_recipe(tree | changes)
