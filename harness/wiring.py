"""Where a recipe becomes a running thing: the only place that joins ports to what fills them."""

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.store import Store, open_store
from evals.report import Report
from harness.advantage import open_estimator
from harness.background import BackgroundEvaluator
from harness.checkpoints import Checkpoints
from harness.collection import Collector
from harness.config import Model, RunConfig
from harness.engines.port import ENGINES, RolloutEngine
from harness.evaluator import (
    Bench,
    Evaluator,
    InlineEvaluator,
    NoEvaluator,
    Progress,
    checkpoint_measurements,
)
from harness.home import Home, open_home
from harness.hub.client import RemoteGrader
from harness.learners.incidents import Incidents
from harness.learners.port import LEARNERS, Learner
from harness.lookup import resolve
from harness.problems import open_mix
from harness.recipe import parse_recipe
from harness.telemetry import Telemetry
from harness.trainer import Parts, Trainer
from rewards.grader import Grader, LocalGrader


def open_grader(
    *,
    sandbox: str,
    workers: int,
    hub: str | None,
    own: bool = True,
    store: Store | None = None,
    telemetry: Telemetry | None = None,
) -> Grader:
    """The grader in this process, or the hub's where `hub` is an address.

    With a `store`, the verifiers that are opened here are registered there. With `telemetry`, a hub that is
    away is waited for, however long, and that is said there.
    """
    if hub and telemetry:
        return RemoteGrader(hub, retries=None, say=telemetry.say)
    if hub:
        return RemoteGrader(hub)
    on_open = None if store is None else store.register_verifier
    return LocalGrader(sandbox=sandbox, workers=workers, own=own, on_open=on_open)


def open_policy(model: Model, *, threads: int) -> Any:
    """The model's weights and tokenizer, as engines and learners of this machine share them."""
    # Torch takes seconds to import and a hub has none: only what trains or samples comes here.
    load = pkgutil.resolve_name("harness.engines.policy:load_policy")
    return load(model, threads=threads)


def open_engine(name: str, policy: Any, *, batch_rows: int) -> RolloutEngine:
    """The rollout engine called `name` over `policy`."""
    factory: Callable[..., RolloutEngine] = resolve(name, ENGINES, "rollout engine")
    return factory(policy, batch_rows=batch_rows)


def open_learner(name: str, policy: Any, config: RunConfig, incidents: Incidents) -> Learner:
    """The learner called `name` over `policy`."""
    factory: Callable[..., Learner] = resolve(name, LEARNERS, "learner")
    return factory(
        policy,
        loss=config.learner_loss(),
        optimizer=config.optimizer,
        temperature=config.rollout.temperature,
        seed=config.seed,
        incidents=incidents,
    )


def base_model(config: RunConfig, home: Home, telemetry: Telemetry) -> Model:
    """The recipe's model, made here first where the recipe says how and it is not there yet."""
    recipe = config.model.warm_start
    if recipe is None:
        return config.model
    build = pkgutil.resolve_name("harness.learners.warm_start:build_base")
    with telemetry.stage(f"making the base {config.model.name}", recipe.max_steps) as stage:
        folder: Path = build(
            recipe,
            seed=config.seed,
            threads=config.threads,
            folder=home.bases,
            on_progress=stage.update,
        )
        stage.update(recipe.max_steps, "done")
    return config.model.model_copy(update={"name": str(folder), "warm_start": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What one training command runs with."""

    home: Home
    store: Store
    telemetry: Telemetry
    hub: str | None = None


def open_trainer(run_id: str, config: RunConfig, session: Session) -> tuple[Trainer, Callable[[], None]]:
    """A trainer for the run `run_id`, and what gives everything back that was opened for it."""
    policy = open_policy(base_model(config, session.home, session.telemetry), threads=config.threads)
    engine = open_engine(config.rollout.engine, policy, batch_rows=config.rollout.batch_rows)
    checkpoints = Checkpoints(session.home.run(run_id), keep=config.checkpoint.keep)
    incidents = Incidents(
        session.home.run(run_id) / "incidents", limit=config.optimizer.skips, last_good=checkpoints.newest
    )
    learner = open_learner("torch", policy, config, incidents)
    grader = open_grader(
        sandbox=config.rewards.sandbox,
        workers=config.rewards.workers,
        hub=session.hub,
        store=session.store,
        telemetry=session.telemetry,
    )
    mix = open_mix(config, session.store)
    evaluator = _open_evaluator(run_id, config, session, grader=grader, engine=engine)
    parts = Parts(
        engine=engine,
        learner=learner,
        collector=Collector(
            config=config,
            mix=mix,
            engine=engine,
            grader=grader,
        ),
        estimator=open_estimator(config.loss.estimator, config.loss.estimator_options),
        mix=mix,
        evaluator=evaluator,
        checkpoints=checkpoints,
        store=session.store,
        telemetry=session.telemetry,
    )

    def close() -> None:
        evaluator.close()
        grader.close()
        engine.close()

    return Trainer(run_id=run_id, config=config, parts=parts), close


class CheckpointBench:
    """Measures exported checkpoints of one run, each with an engine of its own."""

    def __init__(self, *, home: Path, recipe: Mapping[str, Any], run_id: str, hub: str | None) -> None:
        """Measure checkpoints of `run_id` as its recipe asks for."""
        self._config = parse_recipe(dict(recipe))
        self._run_id = run_id
        rewards = self._config.rewards
        self._store = open_store(open_home(home).database_url)
        self._grader = open_grader(
            sandbox=rewards.sandbox,
            workers=rewards.workers,
            hub=hub,
            store=self._store,
            telemetry=Telemetry(),
        )
        self._engine: tuple[Path, RolloutEngine] | None = None

    def measure(self, *, step: int, folder: Path, set_name: str, progress: Progress) -> Report:
        """Measure the checkpoint at `folder` on one evaluation set."""
        wanted = checkpoint_measurements(self._config, self._run_id, step)[set_name]
        bench = Bench(store=self._store, grader=self._grader, sampler=self._open(folder))
        return bench.measure(wanted, progress)

    def _open(self, folder: Path) -> RolloutEngine:
        if self._engine is not None and self._engine[0] == folder:
            return self._engine[1]
        if self._engine is not None:
            self._engine[1].close()
        model = self._config.model.model_copy(update={"name": str(folder), "gguf_file": None})
        policy = open_policy(model, threads=self._config.threads)
        engine = open_engine(
            self._config.rollout.engine, policy, batch_rows=self._config.evaluation.batch_rows
        )
        self._engine = (folder, engine)
        return engine


def _open_evaluator(
    run_id: str, config: RunConfig, session: Session, *, grader: Grader, engine: RolloutEngine
) -> Evaluator:
    evaluation = config.evaluation
    if not evaluation.sets:
        return NoEvaluator()
    if evaluation.processes == 0:
        bench = Bench(store=session.store, grader=grader, sampler=engine)
        return InlineEvaluator(run_id=run_id, config=config, bench=bench, telemetry=session.telemetry)
    return BackgroundEvaluator(
        greeting={
            "home": str(session.home.path),
            "recipe": config.model_dump(mode="json"),
            "run_id": run_id,
            "hub": session.hub,
        },
        sets={each.name: each.count * (each.samples or evaluation.samples) for each in evaluation.sets},
        processes=evaluation.processes,
        log=session.home.run(run_id) / "evaluation.log",
        telemetry=session.telemetry,
    )
