"""A sampler that answers from a script: the fake for tests, and for trials without a model."""

import hashlib
from collections.abc import Callable, Sequence

from evals.sampler import Completion, Sampling

Script = Callable[[str, float], str]
"""From a prompt and a number in [0, 1) to an answer. The number stands for the sample's luck: it
follows from seed, prompt and place, and is uniform."""


class ScriptedSampler:
    """Answers as `script` says; token ids are the answer's bytes."""

    def __init__(self, script: Script) -> None:
        """Answer by `script`."""
        self._script = script
        self.prompts: list[str] = []
        """Every prompt sampled, in order."""

    def sample(self, prompts: Sequence[str], sampling: Sampling) -> list[list[Completion]]:
        """Draw `sampling.n` answers for each prompt, each cut after `max_tokens` bytes."""
        self.prompts.extend(prompts)
        return [
            [self._complete(prompt, f"{sampling.seed}:{index}", sampling) for index in range(sampling.n)]
            for prompt in prompts
        ]

    def _complete(self, prompt: str, luck: str, sampling: Sampling) -> Completion:
        digest = hashlib.sha256(f"{luck}:{prompt}".encode()).digest()
        ids = self._script(prompt, int.from_bytes(digest[:6]) / 2**48).encode()
        kept = ids[: sampling.max_tokens]
        return Completion(
            text=kept.decode(errors="replace"),
            token_ids=tuple(kept),
            logprobs=(0.0,) * len(kept),
            truncated=len(kept) < len(ids),
        )
