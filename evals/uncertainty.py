"""How sure a figure is: intervals for two named questions.

`new_problems`: where would the figure lie on other problems of the same kind? The problems are
the sample, so they are what is resampled (cluster bootstrap). `rerun`: where would it lie if the
same problems were sampled again? The problems are fixed and only the completions vary.

Shapes: P problem, K point of a curve, R resample.

Does not cover clusters larger than one problem (contests, passages).
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RESAMPLES = 2000
LEVEL = 0.95
_Z = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


class Estimand(StrEnum):
    """The question that an interval answers."""

    NEW_PROBLEMS = "new_problems"
    RERUN = "rerun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float

    def inside(self, margin: float) -> bool:
        """Whether all of it lies within `margin` of zero."""
        return -margin < self.low and self.high < margin


def resampled_means(values_PK: Array, *, seed: int) -> Array:
    """Means of `values_PK` over problems drawn anew with replacement: means_RK.

    Columns are resampled together, so differences between them are paired by problem.
    """
    problems = values_PK.shape[0]
    generator = np.random.default_rng(seed)
    weights_RP = generator.multinomial(problems, np.full(problems, 1 / problems), size=RESAMPLES)
    means_RK: Array = weights_RP @ values_PK / problems
    return means_RK


def percentile_interval(samples_R: Array) -> Interval:
    """The middle 95 % of bootstrap samples."""
    low, high = np.quantile(samples_R, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(low=float(low), high=float(high))


def share_intervals(values_PK: Array, *, seed: int) -> list[Interval] | None:
    """For new problems: an interval for each column's mean of values in [0, 1].

    None for fewer than two problems: unknown, which is not the same as wide.
    """
    if values_PK.shape[0] < 2:
        return None
    means_RK = resampled_means(values_PK, seed=seed)
    return [
        _extreme(column_P) or percentile_interval(samples_R)
        for column_P, samples_R in zip(values_PK.T, means_RK.T, strict=True)
    ]


def simultaneous_band(values_PK: Array, *, seed: int) -> list[Interval] | None:
    """For new problems: a band that holds the whole curve at once, by max-|t| over its points.

    None for fewer than two problems.
    """
    if values_PK.shape[0] < 2:
        return None
    centre_K = values_PK.mean(axis=0)
    off_RK = resampled_means(values_PK, seed=seed) - centre_K
    deviation_K = off_RK.std(axis=0)
    varies = deviation_K > 0
    if not varies.any():
        return share_intervals(values_PK, seed=seed)
    widest_R = np.abs(off_RK[:, varies] / deviation_K[varies]).max(axis=1)
    width = float(np.quantile(widest_R, LEVEL))
    return [
        _extreme(column_P) or _clipped(float(centre), width * float(deviation))
        for column_P, centre, deviation in zip(values_PK.T, centre_K, deviation_K, strict=True)
    ]


def mean_interval(values_P: Array) -> Interval | None:
    """For new problems: Student's interval for a mean of values in [0, 1], P - 1 degrees of freedom.

    None for fewer than two problems.
    """
    problems = len(values_P)
    if problems < 2:
        return None
    # scipy costs 0.4 s to import and only this needs it.
    from scipy.special import stdtrit  # noqa: PLC0415

    half = float(stdtrit(problems - 1, (1 + LEVEL) / 2)) * float(values_P.std(ddof=1)) / problems**0.5
    return _extreme(values_P) or _clipped(float(values_P.mean()), half)


def wilson_interval(count: int, total: int) -> Interval:
    """An interval for the share of which `count` of `total` independent draws are a sample (Wilson, 1927).

    Nothing drawn is no knowledge: [0, 1].
    """
    if total == 0:
        return Interval(low=0.0, high=1.0)
    centre = (count + _Z**2 / 2) / (total + _Z**2)
    half = _Z / (total + _Z**2) * (count * (total - count) / total + _Z**2 / 4) ** 0.5
    return Interval(low=0.0 if count == 0 else centre - half, high=1.0 if count == total else centre + half)


def normal_interval(centre: float, deviation: float) -> Interval:
    """An interval for a share whose standard error is `deviation`."""
    return _clipped(centre, _Z * deviation)


def _extreme(values_P: Array) -> Interval | None:
    """Wilson's interval where all values are 0 or all are 1, of which any resample would be sure."""
    if not values_P.any():
        return wilson_interval(0, len(values_P))
    if (values_P == 1).all():
        return wilson_interval(len(values_P), len(values_P))
    return None


def _clipped(centre: float, half: float) -> Interval:
    return Interval(low=max(0.0, float(centre) - half), high=min(1.0, float(centre) + half))
