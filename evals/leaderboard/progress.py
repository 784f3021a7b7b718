"""A run's curves, the markers on them and the tables that repeat them."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from evals.leaderboard.charts import Chart, Marker, Series
from evals.leaderboard.figures import number
from evals.leaderboard.views import EventView, RunView, StepView

TABLE_ROWS: Final = 60
"""Steps in the table of numbers; evenly spaced, the last one among them."""
MOST_EVENTS: Final = 200
MOST_SERIES: Final = 8
"""Curves in one chart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """Which metrics one chart shows."""

    title: str
    y_label: str
    metrics: Mapping[str, str]
    """Metric to the name of its curve."""
    band: tuple[str, str] | None = None
    """Metrics of the band around the first curve."""
    percent: bool = False
    whole: bool = False
    """Whether the axis shows all of [0, 1]."""


_PLOTS: Final = (
    _Plot(
        title="Reward",
        y_label="mean of the step's rollouts",
        metrics={"reward_mean": "mean", "verdict_reward_mean": "of the verdicts"},
        band=("reward_p10", "reward_p90"),
        whole=True,
    ),
    _Plot(title="Entropy", y_label="nats a token", metrics={"entropy": "entropy"}),
    _Plot(
        title="KL divergence",
        y_label="nats a token",
        metrics={"kl_ref": "to the current reference", "kl_base": "to the base"},
    ),
    _Plot(
        title="Completion length", y_label="tokens", metrics={"length_mean": "mean", "length_max": "longest"}
    ),
    _Plot(
        title="Truncated completions",
        y_label="% of completions",
        metrics={"truncated_share": "truncated"},
        percent=True,
    ),
    _Plot(
        title="Clipped tokens",
        y_label="% of tokens",
        metrics={"clip_low_share": "at the lower bound", "clip_high_share": "at the upper bound"},
        percent=True,
    ),
    _Plot(
        title="Groups without signal",
        y_label="% of groups drawn",
        metrics={"groups_dropped_share": "dropped"},
        percent=True,
    ),
    _Plot(title="Gradient norm", y_label="before clipping", metrics={"grad_norm": "norm"}),
    _Plot(title="Learning rate", y_label="AdamW", metrics={"learning_rate": "rate"}),
    _Plot(title="Loss", y_label="mean of the step's updates", metrics={"loss": "loss"}),
    _Plot(title="Groups drawn", y_label="groups a step", metrics={"groups_drawn": "drawn"}),
    _Plot(
        title="Rollouts",
        y_label="rollouts a step",
        metrics={"rollouts": "drawn", "rollouts_ungraded": "not graded"},
    ),
)
_IN_BANDS: Final = {name for plot in _PLOTS if plot.band for name in plot.band}
_MARKED: Final = {"reset": "reset", "eval": "evaluation", "checkpoint": "checkpoint"}
"""Part of an event's name to how its line is drawn; the first that fits."""


def run_charts(run: RunView) -> list[Chart]:
    """Charts of everything that was measured; one that holds no number is left out.

    Known metrics come in families; `family/member` metrics share a chart, and whatever else there
    is gets a chart of its own.
    """
    steps = run.steps
    names = _known_names(steps)
    markers = event_markers(run.events)
    plots = [*_PLOTS[:1], *_families(names), *_PLOTS[1:]]
    covered = {name for plot in plots for name in plot.metrics} | _IN_BANDS
    plots += [_Plot(title=name, y_label=name, metrics={name: name}) for name in names if name not in covered]
    charts = [_chart(f"run-{at}", plot, steps, markers) for at, plot in enumerate(plots)]
    charts.append(_timing_chart(steps, markers))
    return [chart for chart in charts if chart.series]


def event_markers(events: Iterable[EventView]) -> list[Marker]:
    """One line for each step at which something happened, named by all of it."""
    by_step: dict[int, list[str]] = {}
    for event in events:
        kinds = by_step.setdefault(event.step, [])
        if event.kind not in kinds:
            kinds.append(event.kind)
    return [
        Marker(x=step, label=", ".join(kinds), kind=_marker_kind(kinds))
        for step, kinds in sorted(by_step.items())
    ]


def table_steps(steps: Sequence[StepView]) -> list[StepView]:
    """At most `TABLE_ROWS` steps, evenly spaced, with the first and the last."""
    if len(steps) <= TABLE_ROWS:
        return list(steps)
    last = len(steps) - 1
    return [steps[at * last // (TABLE_ROWS - 1)] for at in range(TABLE_ROWS)]


def table_metrics(steps: Sequence[StepView]) -> list[str]:
    """The metrics that get a column: those of the charts that were measured, but no families."""
    known = set(_known_names(steps))
    return [name for plot in _PLOTS for name in plot.metrics if name in known]


def flat_recipe(recipe: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every value of a recipe by its dotted name, as `--set` takes it."""
    return [(name, _plain(value)) for name, value in _leaves("", recipe)]


def detail_items(detail: Mapping[str, Any] | str | None) -> list[tuple[str, str]]:
    """An event's detail as names and values."""
    if detail is None:
        return []
    if isinstance(detail, str):
        return [("", detail)]
    return [
        (name, number(value) if isinstance(value, float) else _plain(value))
        for name, value in _leaves("", detail)
    ]


def _known_names(steps: Sequence[StepView]) -> list[str]:
    names = dict.fromkeys(name for step in steps for name in step.metrics)
    return [name for name in names if any(step.metrics.get(name) is not None for step in steps)]


def _families(names: Sequence[str]) -> list[_Plot]:
    families: dict[str, dict[str, str]] = {}
    for name in names:
        family, slash, member = name.partition("/")
        if slash:
            families.setdefault(family, {})[name] = member
    return [
        _Plot(title=f"{family.capitalize()} by source", y_label=f"mean {family}", metrics=metrics)
        for family, metrics in families.items()
    ]


def _chart(key: str, plot: _Plot, steps: Sequence[StepView], markers: Sequence[Marker]) -> Chart:
    def values(name: str) -> list[float | None]:
        return [step.metrics.get(name) for step in steps]

    xs = [float(step.step) for step in steps]
    series = []
    for at, (metric, name) in enumerate(plot.metrics.items()):
        if any(value is not None for value in values(metric)):
            band = plot.band if at == 0 and plot.band and _all_known(values, plot.band) else None
            low, high = (values(band[0]), values(band[1])) if band else (None, None)
            series.append(Series(name=name, xs=xs, ys=values(metric), low=low, high=high))
    note = "Band: 10th to 90th percentile of rollouts." if series and series[0].low else ""
    return _drawn(key, plot, note, series, markers)


def _timing_chart(steps: Sequence[StepView], markers: Sequence[Marker]) -> Chart:
    parts = dict.fromkeys(part for step in steps for part in step.timings)
    xs = [float(step.step) for step in steps]
    series = [Series(name=part, xs=xs, ys=[step.timings.get(part) for step in steps]) for part in parts]
    plot = _Plot(title="Time a step", y_label="wall seconds", metrics={})
    return _drawn("run-time", plot, "", series, markers)


def _drawn(key: str, plot: _Plot, note: str, series: Sequence[Series], markers: Sequence[Marker]) -> Chart:
    shown = [each.thinned() for each in series[:MOST_SERIES]]
    if len(series) > MOST_SERIES:
        note += f" The first {MOST_SERIES} of {len(series)} curves."
    if any(len(each.xs) < len(full.xs) for each, full in zip(shown, series, strict=False)):
        drawn = f"{len(shown[0].xs)} of {len(series[0].xs)}"
        note += f" {drawn} points, each stretch's lowest and highest among them."
    return Chart(
        key=key,
        title=plot.title,
        note=note.strip(),
        x_label="step",
        y_label=plot.y_label,
        percent=plot.percent,
        whole=plot.whole and all(_within(each) for each in shown),
        series=shown,
        markers=markers,
    )


def _within(series: Series) -> bool:
    """Whether all of a curve and its band lies in [0, 1]; rewards that lengths shape may not."""
    values = [*series.ys, *(series.low or ()), *(series.high or ())]
    return all(value is None or 0 <= value <= 1 for value in values)


def _all_known(values: Callable[[str], list[float | None]], names: Iterable[str]) -> bool:
    return all(value is not None for name in names for value in values(name))


def _marker_kind(kinds: Sequence[str]) -> str:
    joined = " ".join(kinds)
    return next((kind for part, kind in _MARKED.items() if part in joined), "other")


def _leaves(prefix: str, value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        children: Iterable[tuple[Any, Any]] = value.items()
    elif isinstance(value, (list, tuple)) and any(isinstance(each, Mapping) for each in value):
        children = enumerate(value)
    else:
        yield prefix, value
        return
    for name, child in children:
        yield from _leaves(f"{prefix}.{name}" if prefix else str(name), child)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
