"""The port that every learner fits, and the one table of learners."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from harness.group import Group


class Learner(Protocol):
    """Holds the policy, its reference and its optimizer, and improves the policy."""

    def update(
        self, groups: Sequence[Group], advantages_PG: Sequence[Sequence[float]]
    ) -> Mapping[str, float]:
        """Do one step's gradient updates on judged rollouts.

        Args:
            groups: the groups kept for this step.
            advantages_PG: one advantage for each judged rollout of each group, in order.

        Returns:
            metrics by name: `loss`, `entropy` (nats a token), `kl_ref` (nats a token, k3),
            `clip_low_share`, `clip_high_share`, `grad_norm`, `learning_rate`, `updates_skipped` (left out
            because loss or gradient was not finite).

        Raises:
            TrainingError: too many updates in a row had to be left out.
        """
        ...

    def weights(self) -> Any:
        """The policy's weights in the form that the engine's `load` takes."""
        ...

    def set_temperature(self, temperature: float) -> None:
        """Compare log-probabilities at this temperature, which rollouts are drawn at from now on."""
        ...

    def reset_reference(self, model: Path | None = None) -> None:
        """Make the reference an exact copy of the policy, so that their KL is exactly 0.

        Args:
            model: a folder that `export` wrote, to take instead of the policy as it is.

        Raises:
            TrainingError: `model` cannot be read, or is of another shape.
        """
        ...

    def reset_optimizer(self) -> None:
        """Forget the optimizer's moments."""
        ...

    def save(self, folder: Path) -> None:
        """Write everything needed to go on exactly: policy, reference, optimizer."""
        ...

    def restore(self, folder: Path) -> None:
        """Go on from what `save` wrote.

        Raises:
            TrainingError: the folder is not whole or of another shape.
        """
        ...

    def export(self, folder: Path) -> None:
        """Write the policy as a plain Hugging Face folder that transformers, TRL, vLLM and lighteval load."""
        ...


LEARNERS: Final[dict[str, str]] = {
    "torch": "harness.learners.torch_learner:TorchLearner",
    "scripted": "harness.learners.scripted:ScriptedLearner",
}
"""Name to `module:attribute`. `scripted` is the fake for tests."""
