"""`harness runs replay`: whether a run's recorded numbers give its recorded decisions."""

import dataclasses
import json
import sys
from collections import defaultdict
from pathlib import Path

from db.store import open_store
from harness.evaluator import pass_1
from harness.home import open_home
from harness.recipe import parse_recipe
from harness.replay import Line, decided, recorded
from harness.reset import ResetController
from harness.stages import plan_stages
from harness.telemetry import open_console

SAME, DIFFERENT = 0, 1


def replay_run(run_id: str, home: Path | None, *, as_json: bool) -> int:
    """Print both sides; the exit code.

    Raises:
        StoreError: no such run.
    """
    with open_store(open_home(home).database_url) as store:
        config = parse_recipe(dict(store.get_run(run_id).recipe), place=f"the recipe of {run_id}")
        scores: dict[int, dict[str, float]] = defaultdict(dict)
        for kept in store.reports(run_id=run_id):
            score = pass_1(kept.report)
            if kept.step is not None and score is not None:
                scores[kept.step][kept.report.benchmark] = score
        again = decided(ResetController(plan_stages(config)), store.steps(run_id), scores)
        before = recorded(store.events(run_id))
    if as_json:
        both = {"same": again == before, "replayed": _rows(again), "recorded": _rows(before)}
        sys.stdout.write(json.dumps(both) + "\n")
    else:
        _draw(again, before)
    return SAME if again == before else DIFFERENT


def _draw(again: list[Line], before: list[Line]) -> None:
    console = open_console()
    marks = {(True, True): " ", (True, False): "+", (False, True): "-"}
    for line in sorted({*again, *before}, key=lambda line: (line.step, line.kind, line.detail)):
        mark = marks[line in again, line in before]
        console.print(f"{mark} step {line.step}: {line.kind} {line.detail}", highlight=False, markup=False)
    words = "the same" if again == before else "not the same (+ replayed alone, - recorded alone)"
    console.print(f"{len(again)} decisions replayed, {len(before)} recorded: {words}", highlight=False)


def _rows(lines: list[Line]) -> list[dict[str, object]]:
    return [dataclasses.asdict(line) | {"detail": json.loads(line.detail)} for line in lines]
