"""Charts as data: what `static/charts.js` draws and the page's tables repeat."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from evals.leaderboard.figures import finite
from evals.leaderboard.visible import visible

MOST_POINTS: Final = 600
"""Points of one series that are drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One curve. A None among `ys` is a gap."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float | None]
    low: Sequence[float | None] | None = None
    """Lower edge of the band around the curve, with `high`; None for no band."""
    high: Sequence[float | None] | None = None

    def thinned(self) -> "Series":
        """The series with `MOST_POINTS` points at most, each bucket's lowest and highest among them."""
        if len(self.xs) <= MOST_POINTS:
            return self
        kept = _extremes(self.ys, MOST_POINTS)
        return Series(
            name=self.name,
            xs=[self.xs[at] for at in kept],
            ys=[self.ys[at] for at in kept],
            low=None if self.low is None else [self.low[at] for at in kept],
            high=None if self.high is None else [self.high[at] for at in kept],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A vertical line."""

    x: float
    label: str
    kind: str
    """`reset`, `checkpoint`, `evaluation` or `other`: how it is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One plot with its axes."""

    key: str
    """Names it on its page."""
    title: str
    note: str = ""
    x_label: str
    y_label: str
    log2: bool = False
    """Whether the horizontal axis is logarithmic to base 2."""
    percent: bool = False
    """Whether values are shares in [0, 1], to be shown in percent."""
    whole: bool = False
    """Whether the vertical axis shows all of [0, 1] whatever the values."""
    series: Sequence[Series]
    markers: Sequence[Marker] = field(default_factory=tuple)

    def payload(self) -> dict[str, Any]:
        """JSON for the drawing script; nothing in it is infinite or NaN."""
        return {
            "title": visible(self.title),
            "description": visible(self.description()),
            "xLabel": self.x_label,
            "yLabel": visible(self.y_label),
            "log2": self.log2,
            "percent": self.percent,
            "whole": self.whole,
            "series": [
                {
                    "name": visible(series.name),
                    "points": [[x, _short(y)] for x, y in zip(series.xs, series.ys, strict=True)],
                    "low": None if series.low is None else [_short(value) for value in series.low],
                    "high": None if series.high is None else [_short(value) for value in series.high],
                }
                for series in self.series
            ],
            "markers": [
                {"x": each.x, "label": visible(each.label), "kind": each.kind} for each in self.markers
            ],
        }

    def description(self) -> str:
        """The chart in one sentence, for those who hear the page."""
        names = ", ".join(series.name for series in self.series)
        return f"{self.title}: {self.y_label} over {self.x_label}, for {names}. The table holds the numbers."


def _short(value: float | None) -> float | None:
    known = finite(value)
    return None if known is None else float(f"{known:.6g}")


def _extremes(ys: Sequence[float | None], limit: int) -> list[int]:
    """Positions of the first, the last and each bucket's lowest and highest value, in order."""
    buckets = (limit - 2) // 2
    kept = {0, len(ys) - 1}
    for bucket in range(buckets):
        span = range(bucket * len(ys) // buckets, (bucket + 1) * len(ys) // buckets)
        known = [(y, at) for at in span if (y := finite(ys[at])) is not None]
        if known:
            kept |= {min(known)[1], max(known)[1]}
    return sorted(kept)
