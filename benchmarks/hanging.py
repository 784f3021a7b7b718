"""What answers that hang cost the good ones that are judged beside them.

`python -m benchmarks.hanging [--hanging 64] [--workers 2]` judges good maths answers of the development cases
alone, then with hanging ones among them: in one batch (the time that each verdict says it took), and one by
one from another thread (the time from asking to the verdict, waiting included). It prints medians, 99th
percentiles and their ratios.
"""

import argparse
import threading
import time
from collections.abc import Sequence

from benchmarks.measuring import development_rows
from rewards.grader import LocalGrader
from rewards.submission import Submission

GOLD = r"\int_0^1 x^{x^x} dx"


def main() -> None:
    """Measure both ways."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--hanging", type=int, default=64)
    arguments.add_argument("--workers", type=int, default=2)
    given = arguments.parse_args()
    good = _good()
    bad = [
        _submission(rf"\int_0^\infty \frac{{\sin(x^x)}}{{x^{{x+{number}}}}} dx", GOLD)
        for number in range(given.hanging)
    ]
    with LocalGrader(workers=given.workers) as grader:
        grader.grade([_submission("x + 1", "1 + x")] * 40)
        alone = [verdict.wall_ms for verdict in grader.grade(good)]
    with LocalGrader(workers=given.workers) as grader:
        grader.grade([_submission("x + 1", "1 + x")] * 40)
        step = max(1, len(good) // len(bad))
        mixed = [part for at in range(len(bad)) for part in (*good[at * step : (at + 1) * step], bad[at])]
        verdicts = grader.grade(mixed)
    beside = [
        verdict.wall_ms
        for row, verdict in zip(mixed, verdicts, strict=True)
        if row.reference["answer"] != GOLD
    ]
    hung = [verdict for row, verdict in zip(mixed, verdicts, strict=True) if row.reference["answer"] == GOLD]
    statuses = sorted({verdict.status.value for verdict in hung})
    print(f"{len(hung)} hanging answers end as {statuses}")  # noqa: T201 - what it is for
    _compare("in one batch, each verdict's own time", alone, beside)
    _compare(
        "from another thread, waiting included",
        _one_by_one(good, [], given.workers),
        _one_by_one(good, bad, given.workers),
    )


def _one_by_one(good: Sequence[Submission], bad: Sequence[Submission], workers: int) -> list[float]:
    """Milliseconds from asking to verdict of each good one, while a batch of bad ones is judged."""
    with LocalGrader(workers=workers) as grader:
        grader.grade([_submission("x + 1", "1 + x")] * 40)
        thread = threading.Thread(target=grader.grade, args=(bad,))
        thread.start()
        times = []
        for row in good:
            started = time.perf_counter()
            grader.grade([row])
            times.append((time.perf_counter() - started) * 1000)
        over = bool(bad) and not thread.is_alive()
        if over:
            print("the hanging ones ended first: take fewer good ones")  # noqa: T201
    thread.join()
    return times


def _compare(what: str, alone: list[float], beside: list[float]) -> None:
    for name, share in (("median", 0.5), ("p99", 0.99)):
        one, other = (sorted(times)[int(len(times) * share)] for times in (alone, beside))
        print(f"{what}: {name} {one:.2f} ms alone, {other:.2f} ms beside, {other / one:.2f}x")  # noqa: T201


def _good() -> list[Submission]:
    rows = development_rows("math_equiv.jsonl")
    return [_submission(row["answer"], row["gold"]) for row in rows if row["core"]]


def _submission(answer: str, gold: str) -> Submission:
    return Submission(id="", verifier="math", response=f"\\boxed{{{answer}}}", reference={"answer": gold})


if __name__ == "__main__":
    main()
