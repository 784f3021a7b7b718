"""From counts to pass@k curves and averages, each with its interval.

Samples that were not judged are missing: they count neither as right nor as wrong, and where
nothing was judged there is no figure (None), never 0. Intervals: see `evals.uncertainty`.

Shapes: P problem, K point of a curve, R resample.

Does not cover maj@k, pass^k and best-of-k.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evals.errors import EvalError
from evals.report import Report, Tally
from evals.uncertainty import (
    Array,
    Estimand,
    Interval,
    mean_interval,
    normal_interval,
    share_intervals,
    simultaneous_band,
)

_RERUNS = 1000


def pass_at_k(n: int, c: int, k: int) -> float:
    """The chance that at least one of k samples is right, given c right among n: unbiased.

    1 - C(n-c, k) / C(n, k); Chen et al. 2021 (arXiv:2107.03374), eq. 1. Exact up to the last
    rounding.

    Raises:
        ValueError: the counts are impossible, or k > n, where nothing is known of k samples.
    """
    if not 0 <= c <= n:
        raise ValueError(f"pass@k: c right of n samples needs 0 <= c <= n, not c={c}, n={n}")
    if not 1 <= k <= n:
        raise ValueError(f"pass@k: k must lie between 1 and n={n}, not k={k}; draw at least k samples")
    every = math.comb(n, k)
    return (every - math.comb(n - c, k)) / every


def pass_at_ks(n_P: Sequence[int], c_P: Sequence[int], ks: Sequence[int]) -> Array:
    """`pass_at_k` for each problem and each k: values_PK.

    Raises:
        ValueError: as `pass_at_k`, for any problem and any k.
    """
    samples_P, right_P = np.asarray(n_P, dtype=np.int64), np.asarray(c_P, dtype=np.int64)
    if not ks or min(ks) < 1 or (samples_P < max(ks)).any():
        raise ValueError(f"pass@k: every k must lie between 1 and the fewest samples, not {list(ks)}")
    if (right_P < 0).any() or (right_P > samples_P).any():
        raise ValueError("pass@k: c right of n samples needs 0 <= c <= n for every problem")
    drawn = np.arange(max(ks))
    wrong_left = np.clip((samples_P - right_P)[:, None] - drawn, 0, None)
    all_wrong_PK = np.cumprod(wrong_left / (samples_P[:, None] - drawn), axis=1)
    values_PK: Array = 1.0 - all_wrong_PK[:, np.asarray(ks) - 1]
    return values_PK


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One figure in [0, 1]."""

    value: float
    interval: Interval | None
    """None where there are too few problems or samples to tell."""
    problems: int
    """How many problems it is a mean over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """pass@k over k, a mean over one fixed set of problems for all of its points."""

    ks: tuple[int, ...]
    values: tuple[float, ...]
    low: tuple[float, ...] | None
    """Lower ends of the intervals; None, with `high`, where there are too few problems to tell."""
    high: tuple[float, ...] | None
    problems: int
    dropped: int
    """Problems left out of the whole curve, having fewer judged samples than its largest k."""
    estimand: Estimand

    def at(self, k: int) -> Estimate:
        """One point.

        Raises:
            KeyError: k is not on the curve.
        """
        if k not in self.ks:
            raise KeyError(f"pass@{k} is not on this curve: have k = {', '.join(map(str, self.ks))}")
        at = self.ks.index(k)
        interval = None
        if self.low is not None and self.high is not None:
            interval = Interval(low=self.low[at], high=self.high[at])
        return Estimate(value=self.values[at], interval=interval, problems=self.problems)


def powers_of_two(largest: int) -> tuple[int, ...]:
    """1, 2, 4 ... up to `largest`."""
    return tuple(2**power for power in range(max(largest, 1).bit_length()))


def pass_curve(
    report: Report,
    *,
    ks: Sequence[int] | None = None,
    estimand: Estimand = Estimand.NEW_PROBLEMS,
    simultaneous: bool = False,
    seed: int = 0,
) -> Curve | None:
    """The report's pass@k over k; None where no problem has enough judged samples.

    Problems with fewer judged samples than the largest k leave the whole curve, so that every
    point is a mean over the same problems and the curve cannot fall.

    Args:
        report: the counts.
        ks: the points; by default powers of two up to half the samples a problem, since the
            largest ks, where n < 2k, are mostly noise.
        estimand: the question that the intervals answer.
        simultaneous: for new problems, one band for the whole curve instead of one interval a point.
        seed: of the resampling.

    Raises:
        EvalError: a k is larger than the samples that were drawn, or smaller than 1.
    """
    points = _points(report, ks)
    tallies = [tally for tally in report.tallies if tally.valid >= points[-1]]
    if not tallies:
        return None
    values_PK = tally_values(tallies, points)
    centre_K = values_PK.mean(axis=0)
    intervals: list[Interval] | None
    if estimand is Estimand.RERUN:
        deviation_K = _rerun_curves(tallies, points, seed).std(axis=0)
        intervals = [normal_interval(*each) for each in zip(centre_K, deviation_K, strict=True)]
    elif simultaneous:
        intervals = simultaneous_band(values_PK, seed=seed)
    else:
        intervals = share_intervals(values_PK, seed=seed)
    return Curve(
        ks=points,
        values=tuple(float(value) for value in centre_K),
        low=tuple(each.low for each in intervals) if intervals else None,
        high=tuple(each.high for each in intervals) if intervals else None,
        problems=len(tallies),
        dropped=len(report.tallies) - len(tallies),
        estimand=estimand,
    )


def _points(report: Report, ks: Sequence[int] | None) -> tuple[int, ...]:
    drawn = max((tally.requested for tally in report.tallies), default=0)
    points = tuple(sorted(set(ks))) if ks is not None else powers_of_two(drawn // 2)
    if not points or points[0] < 1:
        raise EvalError(f"pass@k needs k >= 1, not {list(points)}")
    if points[-1] > max(drawn, 1):
        raise EvalError(
            f"pass@{points[-1]} needs at least {points[-1]} samples a problem: "
            f"{report.benchmark} has {drawn} of {report.model}"
        )
    return points


def tally_values(tallies: Sequence[Tally], ks: Sequence[int]) -> Array:
    """pass@k of each problem over its judged samples: values_PK."""
    return pass_at_ks([tally.valid for tally in tallies], [tally.correct for tally in tallies], ks)


def average(
    report: Report,
    *,
    of: Literal["correct", "reward"] = "correct",
    estimand: Estimand = Estimand.NEW_PROBLEMS,
) -> Estimate | None:
    """avg@n: the mean over problems of the share correct (which is pass@1) or of the mean reward.

    Problems without a judged sample are left out. None where none is left. For a rerun only the
    share correct has an interval: the counts do not tell how rewards scatter within a problem.
    """
    tallies = [tally for tally in report.tallies if tally.valid]
    if not tallies:
        return None
    sums = [tally.correct if of == "correct" else tally.reward_sum for tally in tallies]
    means_P = np.asarray(sums, dtype=np.float64) / [tally.valid for tally in tallies]
    if estimand is Estimand.NEW_PROBLEMS:
        interval = mean_interval(means_P)
    else:
        interval = _rerun_average(tallies, means_P) if of == "correct" else None
    return Estimate(value=float(means_P.mean()), interval=interval, problems=len(tallies))


def _rerun_average(tallies: Sequence[Tally], shares_P: Array) -> Interval | None:
    """Problems fixed: the variance is the sum of p (1 - p) / (n - 1) over P squared."""
    valid_P = np.asarray([tally.valid for tally in tallies], dtype=np.float64)
    if (valid_P < 2).any():
        return None
    deviation = float(np.sqrt((shares_P * (1 - shares_P) / (valid_P - 1)).sum())) / len(tallies)
    return normal_interval(float(shares_P.mean()), deviation)


def _rerun_curves(tallies: Sequence[Tally], ks: Sequence[int], seed: int) -> Array:
    """Curves of reruns with the counts drawn anew from each problem's own share: curves_RK."""
    generator = np.random.default_rng(seed)
    total_RK = np.zeros((_RERUNS, len(ks)))
    for tally in tallies:
        right_R = generator.binomial(tally.valid, tally.correct / tally.valid, size=_RERUNS)
        table = pass_at_ks([tally.valid] * (tally.valid + 1), range(tally.valid + 1), ks)
        total_RK += table[right_R]
    curves_RK: Array = total_RK / len(tallies)
    return curves_RK
