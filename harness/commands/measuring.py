"""`harness eval run` and `harness boundary`: measure a model, and say whether its boundary moved."""

import dataclasses
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from db.store import Store, open_store
from evals.benchmark import Benchmark, open_benchmark
from evals.boundary import Boundary
from evals.metrics import average
from evals.report import Report
from evals.sampler import Sampling
from harness.commands.runs import pass_rates
from harness.config import Model
from harness.errors import HarnessError
from harness.evaluator import Bench, Measurement
from harness.home import open_home
from harness.hub.gallery import boundaries_of
from harness.telemetry import Telemetry, open_console
from harness.wiring import open_engine, open_grader, open_policy


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationRequest:
    """What the command line asks to be measured."""

    model: str
    benchmarks: tuple[str, ...]
    sampling: Sampling
    limit: int | None
    hub: str | None
    as_json: bool
    dry_run: bool

    def chosen(self) -> list[Benchmark]:
        """The benchmarks, cut to the limit."""
        found = [open_benchmark(name) for name in self.benchmarks]
        if self.limit is None:
            return found
        return [dataclasses.replace(each, count=min(each.count, self.limit)) for each in found]


def run_evaluation(request: EvaluationRequest, home_path: Path | None) -> None:
    """Measure the model and print a row for each benchmark."""
    benchmarks = request.chosen()
    if request.dry_run:
        for each in benchmarks:
            count = len(each.problems())
            sys.stdout.write(
                f"{each.name}: {count} problems x {request.sampling.n} = {count * request.sampling.n}\n"
            )
        return
    home = open_home(home_path)
    with open_store(home.database_url) as store, Telemetry() as telemetry:
        grader = open_grader(sandbox="auto", workers=2, hub=request.hub, store=store)
        try:
            engine = open_engine(
                "huggingface", open_policy(Model(name=request.model), threads=2), batch_rows=256
            )
            bench = Bench(store=store, grader=grader, sampler=engine)
            label = model_version(request.model)
            reports = [
                _measure(
                    bench, Measurement(benchmark=each, sampling=request.sampling, model=label), telemetry
                )
                for each in benchmarks
            ]
        finally:
            grader.close()
    rows = [_row(report) for report in reports]
    if request.as_json:
        sys.stdout.write(json.dumps(rows) + "\n")
        return
    for row in rows:
        sys.stdout.write("  ".join(f"{name} {value}" for name, value in row.items()) + "\n")


def model_version(name: str) -> str:
    """What tells these weights from others of the same name: a folder's content, a hub name as it is.

    Kept samples are found again by it, so new weights in an old folder are never taken for measured.
    """
    folder = Path(name)
    if not folder.is_dir():
        return name
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_file():
            digest.update(path.name.encode())
            with path.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
    return f"{folder.resolve().name}@{digest.hexdigest()[:8]}"


def run_boundaries(store: Store, run_id: str, *, k: int | None = None) -> list[Boundary]:
    """The boundary of every benchmark that was measured at a run's base and end.

    Args:
        store: where the reports are.
        run_id: the run.
        k: where breadth is read; by default where the recipe says, else at 128, or less where there are
            under 256 samples.

    Raises:
        HarnessError: the run has no benchmark measured at two checkpoints.
    """
    k = k or store.get_run(run_id).recipe.get("evaluation", {}).get("k")
    found = boundaries_of(store.reports(run_id=run_id), k=k)
    if not found:
        raise HarnessError(
            f"run {run_id} has no benchmark measured at both its base and a later checkpoint; "
            "see evaluation.at and evaluation.sets in its recipe"
        )
    return found


def show_boundary(run_id: str, home: Path | None, *, k: int | None, as_json: bool) -> None:
    """Print the run's boundary report."""
    with open_store(open_home(home).database_url) as store:
        store.get_run(run_id)
        boundaries = run_boundaries(store, run_id, k=k)
    if as_json:
        sys.stdout.write(json.dumps([dataclasses.asdict(each) for each in boundaries]) + "\n")
        return
    open_console().print(boundary_table(boundaries))


def boundary_table(boundaries: list[Boundary]) -> Table:
    """The boundary report as a terminal table."""
    table = Table("benchmark", "boundary", "pass@1", "k", "pass@k", "change", "gained", "lost", box=None)
    for each in boundaries:
        table.add_row(
            each.benchmark,
            each.kind.value,
            f"{each.base.pass_1:.3f} -> {each.final.pass_1:.3f}",
            str(each.k),
            f"{each.base.pass_k:.3f} -> {each.final.pass_k:.3f}",
            f"{each.change_k.value:+.3f}",
            str(len(each.gained)),
            str(len(each.lost)),
        )
    return table


def _measure(bench: Bench, wanted: Measurement, telemetry: Telemetry) -> Report:
    with telemetry.stage(f"measuring {wanted.benchmark.name}", 1) as stage:
        return bench.measure(wanted, lambda done, total: stage.update(done, total=total))


def _row(report: Report) -> dict[str, Any]:
    reward = average(report, of="reward")
    return {
        "benchmark": report.benchmark,
        "version": report.version,
        "problems": len(report.tallies),
        "valid_share": report.valid_share,
        "reward_mean": reward.value if reward else None,
        **pass_rates(report),
    }
