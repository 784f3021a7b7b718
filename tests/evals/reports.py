"""Reports made from planted truth, and a table of how often the boundary rule finds it.

python -m tests.evals.reports
"""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from evals.benchmark import Relation
from evals.boundary import BoundaryClass, classify
from evals.report import Report, Tally
from evals.sampler import Sampling
from rewards.problem import Domain

SAMPLES = 256


def report_of(
    counts: Iterable[int],
    *,
    valid: Sequence[int] | None = None,
    n: int = SAMPLES,
    model: str = "model",
    version: str = "v1",
    temperature: float = 1.0,
) -> Report:
    """A report with so many right of `n` samples for each problem."""
    right = list(counts)
    judged = list(valid) if valid is not None else [n] * len(right)
    return Report(
        benchmark="planted",
        version=version,
        domain=Domain.LOGIC,
        relation=Relation.TRAINED,
        model=model,
        sampling=Sampling(n=n, temperature=temperature),
        tallies=tuple(
            Tally(
                problem_id=f"p{index}",
                level="odd" if index % 2 else "even",
                requested=n,
                valid=m,
                correct=int(c),
                reward_sum=float(c),
                truncated=0,
            )
            for index, (c, m) in enumerate(zip(right, judged, strict=True))
        ),
        verifier="scripted@1",
    )


def verdicts(
    *, problems: int, shift: float, late: float, trials: int, seed: int = 0
) -> Counter[BoundaryClass]:
    """What the rule says of benchmarks whose problems moved by `shift` on the logit scale.

    Difficulties are drawn anew in each trial, Beta(0.15, 0.6); `late` is the part of the shift that
    came after the mid checkpoint.
    """
    generator = np.random.default_rng(seed)
    found: Counter[BoundaryClass] = Counter()
    for _ in range(trials):
        logits_P = _logit(generator.beta(0.15, 0.6, problems))
        base, mid, final = (
            report_of(generator.binomial(SAMPLES, 1 / (1 + np.exp(-(logits_P + moved)))))
            for moved in (0.0, shift - late, shift)
        )
        found[classify(base, mid, final).kind] += 1
    return found


def _logit(shares_P: NDArray[np.float64]) -> NDArray[np.float64]:
    inner_P = np.clip(shares_P, 1e-9, 1 - 1e-9)
    logits_P: NDArray[np.float64] = np.log(inner_P / (1 - inner_P))
    return logits_P


def main() -> None:
    """Write the table of `docs/evaluation.md`."""
    lines = [
        "| problems | truth | " + " | ".join(BoundaryClass) + " |",
        "|---|---|" + "---|" * len(BoundaryClass),
    ]
    for problems in (30, 64, 100, 400):
        for truth, shift, late in (
            ("nothing moved", 0.0, 0.0),
            ("grew, half of it late", 2.0, 1.0),
            ("grew, all of it early", 2.0, 0.0),
            ("shrank", -1.5, -0.75),
        ):
            found = verdicts(problems=problems, shift=shift, late=late, trials=400)
            shares = " | ".join(f"{found[kind] / 400:.0%}" for kind in BoundaryClass)
            lines.append(f"| {problems} | {truth} | {shares} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
