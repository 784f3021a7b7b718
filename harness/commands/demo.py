"""`harness demo`: the whole main job on a small model, and what came of it."""

import time
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from db.records import StepRecord
from db.store import Store, open_store
from evals.boundary import Boundary, BoundaryClass
from harness.commands.board import write_board
from harness.commands.measuring import boundary_table, run_boundaries
from harness.commands.training import STOPPED, train
from harness.errors import ConfigError
from harness.home import Home, open_home
from harness.hub.service import serve
from harness.hub.settings import HubSettings
from harness.recipe import load_recipe
from harness.telemetry import Telemetry
from harness.wiring import Session
from sandbox.backend import open_backend

RECIPE = "demo.toml"


def run_demo(home_path: Path | None, overrides: list[str], *, fresh: bool, serve_page: bool) -> int:
    """Train, measure, report, export the page and serve it; the exit code."""
    started = time.monotonic()
    config = load_recipe(recipe_path(RECIPE), overrides)
    # Before minutes are spent: the sandbox that the code problems will need.
    open_backend(config.rewards.sandbox).close()
    home = open_home(home_path)
    with open_store(home.database_url) as store, Telemetry() as telemetry:
        run_id, finished = train(config, Session(home=home, store=store, telemetry=telemetry), fresh=fresh)
        if not finished:
            telemetry.say(f"run {run_id} is stopped; the same command goes on with it")
            return STOPPED
        boundaries = run_boundaries(store, run_id)
        pages = write_board(store, home.board)
        _summarise(store, run_id, boundaries, telemetry)
        telemetry.say(f"{pages} pages written: open {home.board / 'index.html'}")
        telemetry.say(f"the demo took {time.monotonic() - started:.0f} s")
    if serve_page:
        _serve(home)
    return 0


def recipe_path(name: str) -> Path:
    """A recipe that comes with the project, from the checkout or the installed package.

    Raises:
        ConfigError: it is in neither place.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package.parent / "recipes", package / "recipes"):
        if (folder / name).is_file():
            return folder / name
    raise ConfigError(f"no recipe {name} comes with this installation")


def _summarise(store: Store, run_id: str, boundaries: list[Boundary], telemetry: Telemetry) -> None:
    steps = store.steps(run_id)
    tenth = max(1, len(steps) // 10)
    counts = store.counts(run_id)
    telemetry.say("")
    telemetry.say(
        f"run {run_id}: {len(steps)} steps, {counts.rollouts} rollouts and {counts.verdicts} verdicts kept"
    )
    first, last = _mean_reward(steps[:tenth]), _mean_reward(steps[-tenth:])
    telemetry.say(f"reward, first tenth -> last tenth of the steps: {first} -> {last}")
    resets = [event.step for event in store.events(run_id) if event.kind == "reset"]
    telemetry.say(f"reference and optimizer reset after steps {resets}")
    table: Table = boundary_table(boundaries)
    telemetry.console.print(table)
    for kind, words in (
        (BoundaryClass.SUSTAIN, "the boundary grew and still grows"),
        (BoundaryClass.PLATEAU, "the boundary grew, then stood"),
        (BoundaryClass.DIMINISH, "the boundary shrank"),
        (BoundaryClass.UNDECIDED, "cannot be told"),
    ):
        names = [each.benchmark for each in boundaries if each.kind is kind]
        telemetry.say(f"{words}: {', '.join(names) or 'none'}")


def _mean_reward(steps: Sequence[StepRecord]) -> str:
    rewards = [step.metrics["reward_mean"] or 0.0 for step in steps]
    return f"{sum(rewards) / len(rewards):.3f}" if rewards else "-"


def _serve(home: Home) -> None:
    serve(
        HubSettings(
            home=home.path, database_url=home.database_url, broker_url=home.broker_url, port=0, workers=0
        )
    )
