"""Did training move the reasoning boundary? A verdict on one benchmark from three checkpoints.

ProRL (arXiv:2505.24864, section 4.2) sorts benchmarks by eye into diminish, plateau and sustain;
no thresholds are published. The rule here is ours, and says `undecided` where the data do not
tell. It looks at pass@k at a large k, problem by problem:

- diminish: the interval of final - base lies below 0;
- sustain: the intervals of final - base and of final - mid both lie above 0;
- plateau: that of final - base lies above 0, and that of final - mid within 3 points of 0;
- undecided: anything else, fewer than 10 problems, or changes in too few of them.

Intervals are 95 % paired bootstraps over problems. `docs/evaluation.md` gives the rule's error
rates and power.

Does not cover several benchmarks at once: among 20 with nothing to find, expect one to be called.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from evals.errors import EvalError
from evals.metrics import powers_of_two, tally_values
from evals.report import Report, Tally
from evals.uncertainty import Array, Interval, percentile_interval, resampled_means

RULE: Final = "1"
"""Changes whenever a verdict could."""
MARGIN: Final = 0.03
"""How far final may differ from mid on a plateau."""
MIN_PROBLEMS: Final = 10
MIN_CHANGED: Final = 6
"""Problems whose pass@k must differ before a difference is believed: a sign test of five that all
agree has p = 0.06, and a bootstrap of so few would be sure of itself."""


class BoundaryClass(StrEnum):
    """How a benchmark's boundary moved."""

    SUSTAIN = "sustain"
    """It grew, and was still growing in the second half of the run."""
    PLATEAU = "plateau"
    """It grew in the first half of the run and then stood."""
    DIMINISH = "diminish"
    """It shrank: the base solves more, given enough tries."""
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """One model's end of the comparison."""

    model: str
    pass_1: float
    pass_k: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A paired difference of means over problems, in [-1, 1]."""

    value: float
    interval: Interval
    changed: int
    """Problems on which the two differ."""

    @property
    def direction(self) -> int:
        """1 for growth, -1 for loss, 0 where neither can be told."""
        if self.changed < MIN_CHANGED:
            return 0
        return int(self.interval.low > 0) - int(self.interval.high < 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """The verdict on one benchmark, with the numbers behind it."""

    benchmark: str
    version: str
    kind: BoundaryClass
    reason: str
    """The verdict in words, for people."""
    k: int
    problems: int
    dropped: int
    """Problems left out, having fewer than k judged samples at one of the checkpoints."""
    base: Checkpoint
    mid: Checkpoint | None
    final: Checkpoint
    change_1: Difference
    """final - base of pass@1."""
    change_k: Difference
    """final - base of pass@k, which decides."""
    late_change_k: Difference | None
    """final - mid of pass@k; None without a mid checkpoint."""
    gained: tuple[str, ...]
    """Ids of problems that the base never solved and the final does."""
    lost: tuple[str, ...]
    """Ids of problems that the base solved and the final never does."""
    crossover_k: int | None
    """The smallest power of two up to k where a base that is behind at k = 1 has drawn level."""
    rule: str


def classify(base: Report, mid: Report | None, final: Report, *, k: int = 128, seed: int = 0) -> Boundary:
    """Compare three checkpoints on one benchmark.

    Args:
        base: before training.
        mid: in the middle of the run; without it growth cannot be told from a plateau, so that
            the verdict is `diminish` or `undecided`.
        final: after training.
        k: samples a try; each report needs at least k a problem, better 2k.
        seed: of the bootstrap.

    Raises:
        EvalError: the reports are not of the same problems, sampling and verifier, or no problem
            has k judged samples in all of them.
    """
    reports = [base, final] if mid is None else [base, final, mid]
    _check_comparable(reports, k)
    rows = _shared_problems(reports, k)
    ks = sorted({*powers_of_two(k), k})
    curves_CPK = np.stack([tally_values([row[at] for row in rows], ks) for at in range(len(reports))])
    base_PK, final_PK = curves_CPK[0], curves_CPK[1]
    differences_PD = np.stack([final_PK[:, 0] - base_PK[:, 0], final_PK[:, -1] - base_PK[:, -1]], axis=1)
    if mid is not None:
        late_P = final_PK[:, -1] - curves_CPK[2][:, -1]
        differences_PD = np.column_stack([differences_PD, late_P])
    change_1, change_k, *rest = _differences(differences_PD, seed)
    late = rest[0] if rest else None
    kind, reason = _decide(change_k, late, len(rows))
    return Boundary(
        benchmark=base.benchmark,
        version=base.version,
        kind=kind,
        reason=reason,
        k=k,
        problems=len(rows),
        dropped=len(base.tallies) - len(rows),
        base=_checkpoint(base, base_PK),
        mid=_checkpoint(mid, curves_CPK[2]) if mid is not None else None,
        final=_checkpoint(final, final_PK),
        change_1=change_1,
        change_k=change_k,
        late_change_k=late,
        gained=tuple(row[0].problem_id for row in rows if row[0].correct == 0 < row[1].correct),
        lost=tuple(row[0].problem_id for row in rows if row[1].correct == 0 < row[0].correct),
        crossover_k=_crossover(ks, base_PK.mean(axis=0), final_PK.mean(axis=0)),
        rule=RULE,
    )


def _check_comparable(reports: Sequence[Report], k: int) -> None:
    first = reports[0]
    for other in reports[1:]:
        for what, here, there in (
            ("benchmark", first.benchmark, other.benchmark),
            ("benchmark version", first.version, other.version),
            ("temperature", first.sampling.temperature, other.sampling.temperature),
            ("top_p", first.sampling.top_p, other.sampling.top_p),
            ("max_tokens", first.sampling.max_tokens, other.sampling.max_tokens),
            ("verifier", first.verifier or other.verifier, other.verifier or first.verifier),
        ):
            if here != there:
                raise EvalError(
                    f"cannot compare {first.model} with {other.model}: {what} {here!r} against {there!r}; "
                    "measure both alike"
                )
    for report in reports:
        if not 1 <= k <= report.sampling.n:
            raise EvalError(
                f"pass@{k} on {report.benchmark} needs {k} samples a problem and a k of at least 1; "
                f"{report.model} has {report.sampling.n}: draw more or ask for a smaller k"
            )


def _shared_problems(reports: Sequence[Report], k: int) -> list[tuple[Tally, ...]]:
    """One row of tallies for each problem that has k judged samples in every report."""
    tables = [{tally.problem_id: tally for tally in report.tallies} for report in reports]
    rows = [
        tuple(table[tally.problem_id] for table in tables)
        for tally in reports[0].tallies
        if all(tally.problem_id in table and table[tally.problem_id].valid >= k for table in tables)
    ]
    if not rows:
        raise EvalError(
            f"{reports[0].benchmark}: no problem has {k} judged samples at every checkpoint; "
            "look at the verdicts that are infra_error and grade again"
        )
    return rows


def _differences(differences_PD: Array, seed: int) -> list[Difference]:
    resamples_RD = resampled_means(differences_PD, seed=seed)
    return [
        Difference(
            value=float(difference_P.mean()),
            interval=percentile_interval(samples_R),
            changed=int(np.count_nonzero(difference_P)),
        )
        for difference_P, samples_R in zip(differences_PD.T, resamples_RD.T, strict=True)
    ]


def _decide(change: Difference, late: Difference | None, problems: int) -> tuple[BoundaryClass, str]:
    if problems < MIN_PROBLEMS:
        few = f"{problems} problems are too few to tell: at least {MIN_PROBLEMS} are needed"
        return BoundaryClass.UNDECIDED, few
    if change.direction < 0:
        return BoundaryClass.DIMINISH, "the base solves more, given enough tries"
    if change.direction == 0:
        return BoundaryClass.UNDECIDED, "no difference between base and final that these problems could show"
    return _decide_growth(late)


def _decide_growth(late: Difference | None) -> tuple[BoundaryClass, str]:
    if late is None:
        return BoundaryClass.UNDECIDED, "grew, but no mid checkpoint tells whether it still grows"
    if late.direction > 0:
        return BoundaryClass.SUSTAIN, "grew, and still grew in the second half"
    if late.interval.inside(MARGIN):
        return BoundaryClass.PLATEAU, f"grew, then stood within {MARGIN:.0%} of the mid checkpoint"
    return BoundaryClass.UNDECIDED, "grew, but whether it still grows is within the noise"


def _checkpoint(report: Report, values_PK: Array) -> Checkpoint:
    return Checkpoint(
        model=report.model, pass_1=float(values_PK[:, 0].mean()), pass_k=float(values_PK[:, -1].mean())
    )


def _crossover(ks: Sequence[int], base_K: Array, final_K: Array) -> int | None:
    if final_K[0] <= base_K[0]:
        return None
    return next((k for k, ahead in zip(ks, base_K >= final_K, strict=True) if ahead), None)
