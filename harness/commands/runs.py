"""`harness runs`: what happened in a run, for people and for scripts.

The JSON holds no wall times unless they are asked for, so that two runs of one recipe and seed
print the same.
"""

import json
import sys
from pathlib import Path
from typing import Any

from rich.table import Table

from db.records import EventRecord, KeptReport, RunRecord, StepRecord
from db.store import open_store
from evals.metrics import average, pass_curve
from evals.report import Report
from harness.home import open_home
from harness.telemetry import open_console

KS = (1, 8, 64, 128)
UPDATE_METRICS = ("entropy", "kl_ref", "loss")
"""Null in a step whose every group was without signal, so that nothing was updated."""


def list_runs(home: Path | None, *, as_json: bool) -> None:
    """Print the home's runs."""
    with open_store(open_home(home).database_url) as store:
        rows = [_run_row(run) for run in store.runs()]
    if as_json:
        _print(rows)
        return
    table = Table("run", "status", "steps", "base model", box=None)
    for row in rows:
        table.add_row(row["id"], row["status"], str(row["planned_steps"]), row["base_model"])
    open_console().print(table)


def show_run(run_id: str, home: Path | None, *, as_json: bool, timings: bool) -> None:
    """Print one run.

    Raises:
        StoreError: no such run.
    """
    with open_store(open_home(home).database_url) as store:
        run = store.get_run(run_id)
        steps = store.steps(run_id)
        events = store.events(run_id)
        # Processes that measure side by side finish in any order.
        reports = sorted(
            store.reports(run_id=run_id), key=lambda kept: (kept.step or 0, kept.report.benchmark)
        )
        counts = store.counts(run_id)
    shown = _run_row(run) | {
        "rollouts": counts.rollouts,
        "verdicts": counts.verdicts,
        "verdicts_by_status": {status.value: number for status, number in sorted(counts.by_status.items())},
        "steps": [_step_row(step, timings=timings) for step in steps],
        "events": [_event_row(event) for event in events],
        "evaluations": [_evaluation_row(kept) for kept in reports],
    }
    if as_json:
        _print(shown)
    else:
        _draw(shown)


def pass_rates(report: Report) -> dict[str, float]:
    """pass@k of the report at the usual k, where its samples allow it."""
    curve = pass_curve(report)
    if curve is None:
        return {}
    return {f"pass@{k}": value for k, value in zip(curve.ks, curve.values, strict=True) if k in KS}


def _run_row(run: RunRecord) -> dict[str, Any]:
    return {
        "id": run.id,
        "name": run.name,
        "status": run.status.value,
        "base_model": run.base_model,
        "planned_steps": run.planned_steps,
        "recipe": dict(run.recipe),
    }


def _step_row(step: StepRecord, *, timings: bool) -> dict[str, Any]:
    row = {"step": step.step, **dict.fromkeys(UPDATE_METRICS), **step.metrics}
    return row | {"seconds": dict(step.timings)} if timings else row


def _event_row(event: EventRecord) -> dict[str, Any]:
    return {"step": event.step, "kind": event.kind, "detail": dict(event.detail)}


def _evaluation_row(kept: KeptReport) -> dict[str, Any]:
    report = kept.report
    reward = average(report, of="reward")
    return {
        "step": kept.step,
        "model": report.model,
        "benchmark": report.benchmark,
        "version": report.version,
        "relation": report.relation.value,
        "problems": len(report.tallies),
        "samples": report.sampling.n,
        "valid_share": report.valid_share,
        "reward_mean": reward.value if reward else None,
        **pass_rates(report),
    }


def _print(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


def _draw(shown: dict[str, Any]) -> None:
    console = open_console()
    console.print(
        f"{shown['id']}: {shown['status']}, {len(shown['steps'])} of {shown['planned_steps']} steps, "
        f"{shown['rollouts']} rollouts, {shown['verdicts']} verdicts",
        highlight=False,
    )
    names = ("reward_mean", "entropy", "kl_ref", "length_mean", "groups_dropped_share")
    table = Table("step", *names, box=None)
    stride = max(1, len(shown["steps"]) // 20)
    for row in shown["steps"][::stride]:
        table.add_row(
            str(row["step"]), *("-" if row.get(name) is None else f"{row[name]:.4g}" for name in names)
        )
    console.print(table)
    for event in shown["events"]:
        console.print(f"step {event['step']}: {event['kind']} {event['detail']}", highlight=False)
    for row in shown["evaluations"]:
        rates = "  ".join(f"{name} {value:.3f}" for name, value in row.items() if name.startswith("pass@"))
        console.print(f"{row['model']} on {row['benchmark']}: {rates}", highlight=False)
