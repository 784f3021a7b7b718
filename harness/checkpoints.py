"""A run's checkpoints on disk: whole or not there, whenever the process is killed."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.curation import MixState
from harness.learners.port import Learner

STATE_FILE = "trainer.json"
LEARNER_FOLDER = "learner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is, without what the learner saves: all that it takes to go on to the same numbers."""

    step: int
    mix: MixState
    collector: Mapping[str, Any]
    """Groups carried over, what is known of the prompts, what the radar had seen."""
    resets: Mapping[str, Any]
    """What the reset controller had seen, with the stage under way."""
    models: Sequence[int]
    """Steps whose exported policies the run still needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Where a run can go on from."""

    learner: Path
    """What the learner saved."""
    progress: Progress


class Checkpoints:
    """The checkpoints and exported models under one run's folder."""

    def __init__(self, folder: Path, *, keep: int) -> None:
        """Keep the newest `keep` checkpoints under `folder`."""
        self._checkpoints = folder / "checkpoints"
        self._models = folder / "models"
        self._keep = keep

    def save(self, learner: Learner, progress: Progress) -> None:
        """Write a checkpoint, then drop the oldest and the exported models that none kept still needs."""
        final = self._checkpoints / f"step-{progress.step:06d}"
        draft = self._draft(final)
        learner.save(draft / LEARNER_FOLDER)
        (draft / STATE_FILE).write_text(json.dumps(asdict(progress)))
        self._publish(draft, final)
        for old in self._all()[: -self._keep]:
            shutil.rmtree(old, ignore_errors=True)
        needed = {self.model(step) for folder in self._all() for step in _progress(folder).models}
        for model in set(self._models.glob("step-??????")) - needed:
            shutil.rmtree(model, ignore_errors=True)

    def latest(self) -> Checkpoint | None:
        """The newest whole checkpoint."""
        folders = self._all()
        if not folders:
            return None
        return Checkpoint(learner=folders[-1] / LEARNER_FOLDER, progress=_progress(folders[-1]))

    def newest(self) -> str:
        """The newest whole checkpoint in words."""
        latest = self.latest()
        return "none yet" if latest is None else str(latest.learner.parent)

    def export(self, step: int, learner: Learner) -> Path:
        """Write the policy after `step` as a plain Hugging Face folder."""
        final = self.model(step)
        draft = self._draft(final)
        learner.export(draft)
        self._publish(draft, final)
        return final

    def model(self, step: int) -> Path:
        """Where the policy after `step` is exported to."""
        return self._models / f"step-{step:06d}"

    def _all(self) -> list[Path]:
        return sorted(self._checkpoints.glob("step-??????"))

    @staticmethod
    def _draft(final: Path) -> Path:
        draft = final.with_name(f".{final.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        return draft

    @staticmethod
    def _publish(draft: Path, final: Path) -> None:
        # A rename is atomic, so a folder without the leading dot is always whole.
        shutil.rmtree(final, ignore_errors=True)
        draft.rename(final)


def _progress(folder: Path) -> Progress:
    state = json.loads((folder / STATE_FILE).read_text())
    return Progress(**state | {"mix": MixState(**state["mix"])})
