"""The port that every rollout engine fits, and the one table of engines."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from evals.sampler import Completion, Sampler, Sampling


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One prompt that completions are wanted of, `Sampling.n` of them."""

    key: int
    """The caller's own name for it."""
    prompt: str
    stream: str
    """Names its random numbers: equal streams, prompts and weights give equal completions, whatever is drawn
    beside them (but for rounding in the model)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One completion, as soon as it is drawn."""

    key: int
    """Of its request."""
    index: int
    """Which of the request's completions it is, from 0."""
    completion: Completion


Pull = Callable[[int], Sequence[Request]]
"""Asked for requests when there is room for so many completions more; what is given is drawn."""


class RolloutEngine(Sampler, Protocol):
    """A sampler whose weights follow the learner's."""

    version: int
    """Which policy it samples from: the number of updates behind its weights."""

    def stream(self, pull: Pull, sampling: Sampling) -> Iterator[Finished]:
        """Draw what `pull` gives, and hand each completion over as it ends.

        `pull` is asked at the beginning, whenever completions have left room, and when nothing is left to
        draw; where it gives nothing then, the stream ends. When it is asked, and in which order completions
        come, follows from what was drawn and never from the clock. `sampling.seed` is not looked at.
        """
        ...

    def load(self, weights: Any, version: int) -> None:
        """Sample from these weights from now on. `weights` is what the learner's `weights()` gives."""
        ...

    def close(self) -> None:
        """Give back memory and processes. Safe to call twice."""
        ...


ENGINES: Final[dict[str, str]] = {
    "huggingface": "harness.engines.huggingface:HuggingFaceEngine",
    "scripted": "harness.engines.scripted:ScriptedEngine",
    "vllm": "harness.engines.vllm_engine:VLLMEngine",
}
"""Name to `module:attribute`. `scripted` is the fake for tests."""
