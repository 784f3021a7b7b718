"""The fake rollout engine: answers from a script, without torch or a model."""

from collections.abc import Iterator
from typing import Any

from evals.sampler import Sampling
from evals.scripted import Script, ScriptedSampler
from harness.engines.port import Finished, Pull


def guess(_prompt: str, luck: float) -> str:
    """An answer from 0 to 9, whatever the prompt."""
    return f"</think><answer>{int(luck * 10)}</answer>"


class ScriptedEngine(ScriptedSampler):
    """Answers as `script` says, whatever the weights; token ids are the answer's bytes."""

    def __init__(self, policy: object = None, *, batch_rows: int = 512, script: Script = guess) -> None:
        """Answer by `script`; `policy` and `batch_rows` are what real engines take."""
        super().__init__(script)
        self._batch_rows = batch_rows
        self.version = 0
        self.loaded: list[Any] = []
        """All weights that were loaded, in order."""

    def stream(self, pull: Pull, sampling: Sampling) -> Iterator[Finished]:
        """See `RolloutEngine`. Half of what is there ends before the next prompts are let in."""
        waiting: list[Finished] = []
        while True:
            for request in pull(max(1, self._batch_rows - len(waiting))):
                self.prompts.append(request.prompt)
                for index in range(sampling.n):
                    completion = self._complete(request.prompt, f"{request.stream}:{index}", sampling)
                    waiting.append(Finished(key=request.key, index=index, completion=completion))
            if not waiting:
                return
            # Shorter answers end sooner, as they do with a model.
            waiting.sort(key=lambda each: len(each.completion.token_ids))
            ending = (len(waiting) + 1) // 2
            yield from waiting[:ending]
            del waiting[:ending]

    def load(self, weights: Any, version: int) -> None:
        """Note the weights and their version."""
        self.loaded.append(weights)
        self.version = version

    def close(self) -> None:
        """Nothing is held."""
