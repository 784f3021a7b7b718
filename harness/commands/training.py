"""`harness train`: find or make the run, then train it to its end."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from db.records import RunRecord
from db.store import Store, open_store
from evals.errors import EvalError
from harness.commands.planning import print_plan
from harness.config import RunConfig
from harness.errors import HarnessError
from harness.home import exclusive, open_home
from harness.recipe import load_recipe
from harness.telemetry import Telemetry
from harness.trainer import Trainer
from harness.wiring import Session, open_trainer
from rewards.errors import GradingError
from sandbox.errors import SandboxError

STOPPED = 130


def train_command(
    recipe: Path, home_path: Path | None, overrides: list[str], *, fresh: bool, hub: str | None, dry_run: bool
) -> int:
    """Train by the recipe; the exit code."""
    config = load_recipe(recipe, overrides)
    if dry_run:
        print_plan(config, recipe, overrides)
        return 0
    home = open_home(home_path)
    with open_store(home.database_url) as store, Telemetry() as telemetry:
        session = Session(home=home, store=store, telemetry=telemetry, hub=hub)
        run_id, finished = train(config, session, fresh=fresh)
        if finished:
            telemetry.say(f"run {run_id} is finished: harness runs show {run_id}, harness boundary {run_id}")
            return 0
        telemetry.say(f"run {run_id} is stopped; the same command goes on with it")
        return STOPPED


def train(config: RunConfig, session: Session, *, fresh: bool) -> tuple[str, bool]:
    """Train the run of this recipe, new or found; its id and whether it came to its end.

    Raises:
        HarnessError: the run is in use by another process, or training cannot go on.
    """
    run = find_run(session.store, config, fresh=fresh)
    if run.status == "finished":
        session.telemetry.say(f"run {run.id} was finished before; --fresh starts another")
        return run.id, True
    with exclusive(session.home.run(run.id), f"run {run.id}"):
        session.store.set_run_status(run.id, "running")
        trainer, close = open_trainer(run.id, config, session)
        try:
            with _gentle_interrupt(trainer, session.telemetry):
                return run.id, trainer.run()
        except KeyboardInterrupt:
            session.store.set_run_status(run.id, "stopped")
            raise
        except (HarnessError, EvalError, GradingError, SandboxError):
            session.store.set_run_status(run.id, "failed")
            raise
        finally:
            close()


def find_run(store: Store, config: RunConfig, *, fresh: bool) -> RunRecord:
    """The newest run of this very recipe, or a new one."""
    fingerprint = config.fingerprint()
    found = store.find_runs(fingerprint)
    if found and not fresh:
        return found[0]
    number = f".{len(found) + 1}" if found else ""
    run_id = f"{config.name}-{fingerprint}{number}"
    store.create_run(
        id=run_id,
        name=config.name,
        fingerprint=fingerprint,
        recipe=config.model_dump(mode="json"),
        base_model=config.model.name,
        planned_steps=config.steps,
    )
    return store.get_run(run_id)


@contextmanager
def _gentle_interrupt(trainer: Trainer, telemetry: Telemetry) -> Iterator[None]:
    """The first Ctrl-C or TERM ends after the step under way, the second at once."""

    def stop(number: int, _frame: FrameType | None) -> None:
        trainer.stop()
        signal.signal(number, signal.default_int_handler)
        telemetry.say("stopping after this step; once more stops at once")

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
