"""pass@k curves: one chart a benchmark, one curve a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from evals.leaderboard.charts import Chart, Series
from evals.metrics import Curve, pass_curve
from evals.report import Report

MOST_MODELS = 8
"""Curves in one chart; more could not be told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveRow:
    """One model's numbers under the chart."""

    model: str
    curve: Curve | None
    """None where no problem has enough judged samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveChart:
    """One benchmark."""

    benchmark: str
    version: str
    chart: Chart
    ks: tuple[int, ...]
    rows: tuple[CurveRow, ...]


def shown_models(reports: Sequence[Report]) -> list[str]:
    """The models that are drawn: the last `MOST_MODELS` in order of first appearance."""
    return list(dict.fromkeys(report.model for report in reports))[-MOST_MODELS:]


def build_curves(reports: Sequence[Report], models: Sequence[str]) -> list[CurveChart]:
    """One chart for each benchmark and version on which any of the models was measured."""
    groups: dict[tuple[str, str], dict[str, Report]] = {}
    for report in reports:
        if report.model in models:
            groups.setdefault((report.benchmark, report.version), {})[report.model] = report
    return [
        _chart(number, [by_model[model] for model in models if model in by_model])
        for number, by_model in enumerate(groups.values())
    ]


@lru_cache(maxsize=500)  # a simultaneous band takes some 20 ms
def _curve(report: Report) -> Curve | None:
    return pass_curve(report, simultaneous=True)


def _chart(number: int, reports: Sequence[Report]) -> CurveChart:
    first = reports[0]
    rows = tuple(CurveRow(model=report.model, curve=_curve(report)) for report in reports)
    drawn = [(row.model, row.curve) for row in rows if row.curve]
    chart = Chart(
        key=f"passk-{number}",
        title=first.benchmark,
        x_label="k (samples a problem)",
        y_label="pass@k, %",
        log2=True,
        percent=True,
        whole=True,
        series=[
            Series(name=model, xs=curve.ks, ys=curve.values, low=curve.low, high=curve.high)
            for model, curve in drawn
        ],
    )
    return CurveChart(
        benchmark=first.benchmark,
        version=first.version,
        chart=chart,
        ks=tuple(sorted({k for _, curve in drawn for k in curve.ks})),
        rows=rows,
    )
