"""The port through which anything samples from a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How completions are drawn."""

    n: int = 1
    """Completions a prompt."""
    temperature: float = 1.0
    """0 is greedy."""
    top_p: float = 1.0
    max_tokens: int = 64
    seed: int = 0
    """Equal seeds, prompts and weights give equal completions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One sampled continuation of one prompt."""

    text: str
    """Decoded without the prompt, special tokens kept out."""
    token_ids: tuple[int, ...]
    """With the end token where the model ended by itself."""
    logprobs: tuple[float, ...] = ()
    """Natural log-probability of each token under the sampling distribution (after temperature,
    before top-p), aligned with `token_ids`."""
    truncated: bool = False
    """Whether `max_tokens` ended it."""


class Sampler(Protocol):
    """Draws completions."""

    def sample(self, prompts: Sequence[str], sampling: Sampling) -> list[list[Completion]]:
        """Draw `sampling.n` completions for each prompt, in order.

        The engine applies its model's chat template, each prompt being one user message.
        """
        ...
