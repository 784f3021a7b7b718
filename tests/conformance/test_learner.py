"""Every learner in the table reports alike, resets, and goes on from what it saved."""

import json
import math
import pkgutil
from pathlib import Path

import pytest

from harness.engines.scripted import ScriptedEngine
from harness.errors import TrainingError
from harness.learners.port import LEARNERS, Learner
from harness.learning import Loss, Optimizer
from tests.harness.tiny_models import sampled_groups, signs, tiny_policy

METRICS = {
    "loss",
    "entropy",
    "kl_ref",
    "clip_low_share",
    "clip_high_share",
    "grad_norm",
    "learning_rate",
    "updates_skipped",
}
GROUPS = sampled_groups(ScriptedEngine())


@pytest.fixture(params=sorted(LEARNERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def open_learner(name: str) -> Learner:
    learner: Learner = pkgutil.resolve_name(LEARNERS[name])(
        tiny_policy(),
        loss=Loss(),
        optimizer=Optimizer(learning_rate=1e-3, minibatches=1),
        temperature=1.2,
        seed=0,
    )
    return learner


def test_an_update_reports_the_ports_metrics_as_finite_numbers(name: str) -> None:
    metrics = open_learner(name).update(GROUPS, signs(GROUPS))
    assert set(metrics) >= METRICS
    assert all(math.isfinite(value) for value in metrics.values())


def test_a_learner_gives_its_weights_from_the_start(name: str) -> None:
    assert open_learner(name).weights() is not None


def test_a_reset_brings_the_next_kl_back_down(name: str) -> None:
    learner = open_learner(name)
    far = [learner.update(GROUPS, signs(GROUPS))["kl_ref"] for _ in range(3)][-1]
    learner.reset_reference()
    learner.reset_optimizer()
    assert 0 <= learner.update(GROUPS, signs(GROUPS))["kl_ref"] < far


def test_an_exported_policy_may_become_the_reference(name: str, tmp_path: Path) -> None:
    stayed, returned = open_learner(name), open_learner(name)
    for learner in (stayed, returned):
        learner.update(GROUPS, signs(GROUPS))
        learner.reset_reference()
        learner.export(tmp_path / "model")
        learner.update(GROUPS, signs(GROUPS))
    returned.reset_reference()
    returned.reset_reference(tmp_path / "model")
    assert returned.update(GROUPS, signs(GROUPS)) == stayed.update(GROUPS, signs(GROUPS))


def test_what_was_saved_goes_on_alike(name: str, tmp_path: Path) -> None:
    learner, fresh = open_learner(name), open_learner(name)
    learner.update(GROUPS, signs(GROUPS))
    learner.save(tmp_path / "state")
    learner.save(tmp_path / "state")
    expected = [learner.update(GROUPS, signs(GROUPS)) for _ in range(2)]
    fresh.restore(tmp_path / "state")
    assert [fresh.update(GROUPS, signs(GROUPS)) for _ in range(2)] == expected


def test_a_folder_that_holds_nothing_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cannot be gone on from"):
        open_learner(name).restore(tmp_path)


def test_an_export_is_a_model_folder_and_may_go_where_one_is(name: str, tmp_path: Path) -> None:
    learner = open_learner(name)
    learner.export(tmp_path / "model")
    learner.export(tmp_path / "model")
    assert json.loads((tmp_path / "model" / "config.json").read_text())["model_type"]


def test_a_folder_without_a_model_cannot_become_the_reference(name: str, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cannot become the reference"):
        open_learner(name).reset_reference(tmp_path)
