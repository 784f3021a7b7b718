"""The fake learner: counts instead of learning, without torch."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import TrainingError
from harness.group import Group
from harness.learners.draft import drafted

STATE_FILE = "learner.json"


class ScriptedLearner:
    """A policy whose only weight is the number of updates it has had."""

    def __init__(
        self,
        policy: object = None,
        *,
        loss: object = None,
        optimizer: object = None,
        temperature: float = 1.0,
        seed: int = 0,
        incidents: object = None,
    ) -> None:
        """Start at 0 updates; the arguments are what real learners take."""
        self._updates = 0
        self._reference = 0
        self._moments = 0
        self.temperature = temperature
        self.rows = 0
        """Judged rollouts seen."""

    def update(
        self, groups: Sequence[Group], advantages_PG: Sequence[Sequence[float]]
    ) -> Mapping[str, float]:
        """Count one update; `kl_ref` is the number of updates since the reference was taken."""
        self.rows += sum(len(advantages_G) for advantages_G in advantages_PG)
        self._updates += 1
        self._moments += 1
        return {
            "loss": 0.0,
            "entropy": 1.0 / self._updates,
            "kl_ref": float(self._updates - self._reference),
            "clip_low_share": 0.0,
            "clip_high_share": 0.0,
            "grad_norm": float(self._moments),
            "learning_rate": 0.0,
            "ratio": 1.0,
            "updates_skipped": 0.0,
        }

    def weights(self) -> int:
        """The number of updates."""
        return self._updates

    def set_temperature(self, temperature: float) -> None:
        """Remember it."""
        self.temperature = temperature

    def reset_reference(self, model: Path | None = None) -> None:
        """Take the policy, as it is or as it was exported, for the reference.

        Raises:
            TrainingError: the folder holds no policy.
        """
        self._reference = self._updates
        try:
            if model is not None:
                self._reference = json.loads((model / "config.json").read_text())["updates"]
        except (OSError, ValueError, KeyError) as error:
            raise TrainingError(f"exported model {model} cannot become the reference: {error}") from error

    def reset_optimizer(self) -> None:
        """Start `grad_norm`, the count of updates with these moments, again."""
        self._moments = 0

    def save(self, folder: Path) -> None:
        """Write the counts."""
        state = {"updates": self._updates, "reference": self._reference, "moments": self._moments}
        with drafted(folder) as draft:
            (draft / STATE_FILE).write_text(json.dumps(state))

    def restore(self, folder: Path) -> None:
        """Go on from what `save` wrote.

        Raises:
            TrainingError: the folder is not whole.
        """
        try:
            state = json.loads((folder / STATE_FILE).read_text())
            self._updates, self._reference = state["updates"], state["reference"]
            self._moments = state["moments"]
        except (OSError, ValueError, KeyError) as error:
            raise TrainingError(f"checkpoint {folder} cannot be gone on from: {error}") from error

    def export(self, folder: Path) -> None:
        """Write what stands for the policy."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text(json.dumps({"model_type": "scripted", "updates": self._updates}))
