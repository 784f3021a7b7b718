"""The port that every rollout engine fits, and the one table of engines."""

from typing import Any, Final, Protocol

from evals.sampler import Sampler


class RolloutEngine(Sampler, Protocol):
    """A sampler whose weights follow the learner's."""

    version: int
    """Which policy it samples from: the number of updates behind its weights."""

    def load(self, weights: Any, version: int) -> None:
        """Sample from these weights from now on. `weights` is what the learner's `weights()` gives."""
        ...

    def close(self) -> None:
        """Give back memory and processes. Safe to call twice."""
        ...


ENGINES: Final[dict[str, str]] = {
    "huggingface": "harness.engines.huggingface:HuggingFaceEngine",
    "scripted": "harness.engines.scripted:ScriptedEngine",
}
"""Name to `module:attribute`. `scripted` is the fake for tests."""
