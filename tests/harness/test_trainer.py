import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from db.records import SampleFilter
from db.store import Store, open_store
from harness.advantage import open_estimator
from harness.checkpoints import Checkpoints
from harness.collection import Collector
from harness.config import RunConfig
from harness.curation import Pool, ProblemMix
from harness.engines.scripted import ScriptedEngine
from harness.errors import TrainingError
from harness.evaluator import Evaluator, NoEvaluator
from harness.group import Group
from harness.learners.scripted import ScriptedLearner
from harness.telemetry import Telemetry
from harness.trainer import Parts, Trainer
from rewards.grader import LocalGrader
from rewards.problem import Domain, Problem
from rewards.verdict import Outcome
from tests.harness.recipes import tiny_recipe

RUN = "tiny-run"


class Killed(BaseException):
    """Stands for a kill: nothing on the way handles it."""


class Recorder(NoEvaluator):
    """Remembers what it was asked to measure."""

    def __init__(self) -> None:
        self.measured: list[int] = []

    def measure(self, step: int, folder: Path) -> None:
        assert (folder / "config.json").is_file()
        self.measured.append(step)


def answer(prompt: str, luck: float) -> str:
    """Right one time in four, on all but the problem that is never solved."""
    return prompt if luck < 0.25 and prompt != "never" else "wrong"


def problems(names: Sequence[str], **reference: Any) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            domain=Domain.LOGIC,
            prompt=name,
            verifier="scripted",
            reference={"answer": name} | reference,
            source="scripted:test",
        )
        for name in names
    )


@contextmanager
def trainer_in(
    folder: Path,
    config: RunConfig,
    *,
    pool: tuple[Problem, ...] | None = None,
    pools: Sequence[tuple[Problem, ...]] = (),
    learner: ScriptedLearner | None = None,
    evaluator: Evaluator | None = None,
) -> Iterator[tuple[Trainer, Store]]:
    engine = ScriptedEngine(script=answer)
    given = pools or [pool or problems(["a", "b", "c", "never"])]
    mix = ProblemMix([Pool(problems=each, weight=1) for each in given], seed=config.seed)
    with open_store(f"sqlite:///{folder / 'harness.db'}") as store, LocalGrader(sandbox="scripted") as grader:
        if not store.find_runs("f"):
            store.create_run(
                id=RUN, name="tiny", fingerprint="f", recipe={}, base_model="m", planned_steps=config.steps
            )
        parts = Parts(
            engine=engine,
            learner=learner or ScriptedLearner(),
            collector=Collector(config=config, mix=mix, engine=engine, grader=grader),
            estimator=open_estimator("group_mean_std"),
            mix=mix,
            evaluator=evaluator or NoEvaluator(),
            checkpoints=Checkpoints(folder / "run", keep=2),
            store=store,
            telemetry=Telemetry(),
        )
        yield Trainer(run_id=RUN, config=config, parts=parts), store


def numbers(store: Store) -> str:
    """Everything of a run that does not depend on the clock."""
    steps = [(step.step, dict(step.metrics), step.n_kept, step.n_dropped) for step in store.steps(RUN)]
    events = [(event.step, event.kind, dict(event.detail)) for event in store.events(RUN)]
    counts = store.counts(RUN)
    return json.dumps([steps, events, counts.rollouts, counts.verdicts])


def test_a_run_keeps_every_step_rollout_and_verdict(tmp_path: Path) -> None:
    config = tiny_recipe(steps=4)
    with trainer_in(tmp_path, config) as (trainer, store):
        assert trainer.run()
        steps = store.steps(RUN)
        assert [step.step for step in steps] == [1, 2, 3, 4]
        assert store.get_run(RUN).status == "finished"
        counts = store.counts(RUN)
        assert counts.rollouts == sum(step.metrics["rollouts"] or 0 for step in steps)
        assert counts.verdicts == counts.rollouts
        assert {"reward_mean", "entropy", "kl_ref", "length_mean", "reward/scripted:test"} <= set(
            steps[0].metrics
        )


def test_only_groups_with_a_signal_are_trained_on(tmp_path: Path) -> None:
    learner = ScriptedLearner()
    with trainer_in(tmp_path, tiny_recipe(steps=5), learner=learner) as (trainer, store):
        trainer.run()
        kept = sum(step.n_kept for step in store.steps(RUN))
        dropped = sum(step.n_dropped for step in store.steps(RUN))
        assert learner.rows == kept
        assert dropped > 0


class KilledLearner(ScriptedLearner):
    """Dies at its n-th update, as a killed process would: before the step is kept."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._left = at

    def update(
        self, groups: Sequence[Group], advantages_PG: Sequence[Sequence[float]]
    ) -> Mapping[str, float]:
        self._left -= 1
        if self._left == 0:
            raise Killed
        return super().update(groups, advantages_PG)


@pytest.mark.parametrize("at", [1, 2, 3, 4, 6, 7])
def test_a_killed_run_goes_on_to_the_same_numbers(tmp_path: Path, at: int) -> None:
    config = tiny_recipe(steps=7, reset={"every": 3}, checkpoint={"every": 2})
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    with trainer_in(whole, config) as (trainer, store):
        trainer.run()
        expected = numbers(store)
    with trainer_in(killed, config, learner=KilledLearner(at)) as (trainer, _), pytest.raises(Killed):
        trainer.run()
    with trainer_in(killed, config) as (trainer, store):
        assert trainer.run()
        assert numbers(store) == expected


def test_stop_ends_after_a_step_with_a_checkpoint_and_the_run_goes_on(tmp_path: Path) -> None:
    config = tiny_recipe(steps=5, checkpoint={"every": 100})
    with trainer_in(tmp_path, config) as (trainer, store):
        trainer.stop()
        assert not trainer.run()
        assert store.get_run(RUN).status == "stopped"
    with trainer_in(tmp_path, config) as (trainer, store):
        assert trainer.run()
        assert len(store.steps(RUN)) == 5


def test_a_reset_is_an_event_with_its_numbers_and_kl_starts_again(tmp_path: Path) -> None:
    with trainer_in(tmp_path, tiny_recipe(steps=6, reset={"every": 2})) as (trainer, store):
        trainer.run()
        resets = [event for event in store.events(RUN) if event.kind == "reset"]
        assert [event.step for event in resets] == [2, 4]
        assert resets[0].detail["trigger"] == "interval"
        assert resets[0].detail["kl_ref"] == 2.0
        kl = [step.metrics["kl_ref"] for step in store.steps(RUN)]
        assert kl == [1.0, 2.0, 1.0, 2.0, 1.0, 2.0]


def test_checkpoints_are_measured_where_the_recipe_says_and_again_after_a_kill(tmp_path: Path) -> None:
    config = tiny_recipe(steps=4, evaluation={"at": [0.0, 0.5, 1.0]}, checkpoint={"every": 1})
    first, second = Recorder(), Recorder()
    killed = trainer_in(tmp_path, config, learner=KilledLearner(4), evaluator=first)
    with killed as (trainer, _), pytest.raises(Killed):
        trainer.run()
    assert first.measured == [0, 2]
    with trainer_in(tmp_path, config, evaluator=second) as (trainer, store):
        trainer.run()
        assert [event.step for event in store.events(RUN) if event.kind == "checkpoint"] == [0, 2, 4]
    assert second.measured == [0, 2, 4]


def test_what_we_failed_to_grade_is_counted_and_is_never_a_zero(tmp_path: Path) -> None:
    mixed = problems(["a", "b", "c"]) + problems(["broken"], fail="the verifier is out")
    with trainer_in(tmp_path, tiny_recipe(steps=3), pool=mixed) as (trainer, store):
        trainer.run()
        steps = store.steps(RUN)
        assert sum(step.metrics["rollouts_ungraded"] or 0 for step in steps) > 0
        lines = store.list_samples(SampleFilter(run_id=RUN, status=Outcome.INFRA_ERROR), limit=1000).lines
        assert len(lines) == sum(step.metrics["rollouts_ungraded"] or 0 for step in steps)
        assert {(line.problem.prompt, line.reward) for line in lines} == {("broken", None)}


def test_a_step_in_which_nothing_can_be_graded_stops_loudly(tmp_path: Path) -> None:
    out = problems(["a", "b"], fail="the verifier is out")
    with trainer_in(tmp_path, tiny_recipe(), pool=out) as (trainer, store):
        with pytest.raises(TrainingError, match=r"not one of its answers could be graded.*verifier is out"):
            trainer.run()
        assert store.counts(RUN).rollouts == 0


def test_without_any_signal_a_step_is_kept_and_nothing_is_updated(tmp_path: Path) -> None:
    learner = ScriptedLearner()
    with trainer_in(tmp_path, tiny_recipe(steps=2), pool=problems(["never"]), learner=learner) as (
        trainer,
        store,
    ):
        assert trainer.run()
        assert learner.rows == 0
        assert [step.metrics["reward_mean"] for step in store.steps(RUN)] == [0.0, 0.0]
        assert all("entropy" not in step.metrics for step in store.steps(RUN))


def one_of_math(number: int) -> Problem:
    return Problem(
        domain=Domain.MATH,
        prompt=str(number),
        verifier="math",
        reference={"answer": str(number)},
        source="scripted:math",
    )


def test_a_sign_of_reward_hacking_is_an_event_of_the_run(tmp_path: Path) -> None:
    """The scripted verifier takes `nan` for right, as its reference says."""
    with trainer_in(tmp_path, tiny_recipe(), pool=problems(["a", "b", "nan"])) as (trainer, store):
        assert trainer.run()
        alerts = [event for event in store.events(RUN) if event.kind == "alert"]
        assert [event.detail["sign"] for event in alerts] == ["not_a_number"]
        assert alerts[0].detail["verifier"] == "scripted"
        assert alerts[0].detail["figure"] > 0
        lines = store.list_samples(SampleFilter(run_id=RUN), limit=1000).lines
        assert all(line.reward is not None for line in lines)


def test_nothing_is_looked_at_where_the_radar_is_off(tmp_path: Path) -> None:
    config = tiny_recipe(radar={"enabled": False})
    with trainer_in(tmp_path, config, pool=problems(["a", "b", "nan"])) as (trainer, store):
        assert trainer.run()
        assert [event for event in store.events(RUN) if event.kind == "alert"] == []


def test_a_hold_masks_the_verifier_and_leaves_the_others_alone(tmp_path: Path) -> None:
    pool = problems(["a", "b", "nan"]) + tuple(one_of_math(number) for number in range(1, 4))
    config = tiny_recipe(radar={"hold": True})
    with trainer_in(tmp_path, config, pool=pool) as (trainer, store):
        assert trainer.run()
        (alert,) = [event for event in store.events(RUN) if event.kind == "alert"]
        lines = store.list_samples(SampleFilter(run_id=RUN), limit=1000).lines
        held = [
            line for line in lines if line.problem.verifier == "scripted" and (line.step or 0) > alert.step
        ]
        assert held
        assert all(line.reward is None and line.status is not Outcome.INFRA_ERROR for line in held)
        assert all(line.reward is not None for line in lines if line.problem.verifier == "math")


def test_a_run_whose_every_verifier_is_held_ends_and_says_why(tmp_path: Path) -> None:
    config = tiny_recipe(radar={"hold": True})
    with (
        trainer_in(tmp_path, config, pool=problems(["a", "b", "nan"])) as (trainer, _),
        pytest.raises(TrainingError, match="held by the radar"),
    ):
        trainer.run()


def test_a_killed_run_goes_on_with_what_the_radar_had_seen(tmp_path: Path) -> None:
    config = tiny_recipe(steps=8, radar={"window": 2, "least": 2})
    pool = problems(["a", "b", "nan", "never"])
    for folder in ("whole", "killed"):
        (tmp_path / folder).mkdir()
    with trainer_in(tmp_path / "whole", config, pool=pool) as (trainer, store):
        trainer.run()
        expected = numbers(store)
        assert "alert" in expected
    with (
        trainer_in(tmp_path / "killed", config, pool=pool, learner=KilledLearner(5)) as (trainer, store),
        pytest.raises(Killed),
    ):
        trainer.run()
    with trainer_in(tmp_path / "killed", config, pool=pool) as (trainer, store):
        trainer.run()
        assert numbers(store) == expected
