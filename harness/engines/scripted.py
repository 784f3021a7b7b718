"""The fake rollout engine: answers from a script, without torch or a model."""

from typing import Any

from evals.scripted import Script, ScriptedSampler


def guess(_prompt: str, luck: float) -> str:
    """An answer from 0 to 9, whatever the prompt."""
    return f"</think><answer>{int(luck * 10)}</answer>"


class ScriptedEngine(ScriptedSampler):
    """Answers as `script` says, whatever the weights; token ids are the answer's bytes."""

    def __init__(self, policy: object = None, *, batch_rows: int = 512, script: Script = guess) -> None:
        """Answer by `script`; `policy` and `batch_rows` are what real engines take."""
        super().__init__(script)
        self.version = 0
        self.loaded: list[Any] = []
        """All weights that were loaded, in order."""

    def load(self, weights: Any, version: int) -> None:
        """Note the weights and their version."""
        self.loaded.append(weights)
        self.version = version

    def close(self) -> None:
        """Nothing is held."""
