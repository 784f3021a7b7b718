"""How right and how fast the maths verifier is, beside math-verify, in one run.

`python -m benchmarks.verifiers [--rounds 3]` prints for each set of development cases and each grader:
accuracy, false positives and negatives, verdicts a second, and the median, 99th percentile and maximum of a
verdict's time. math-verify is called as its documentation says, with texts that have no marks of mathematics
wrapped in dollars.
"""

import argparse
import gzip
import json
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from math_verify import parse, verify

from rewards.grader import LocalGrader
from rewards.submission import Submission

DATA = Path(os.environ.get("HARNESS_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
Judge = Callable[[str, str], bool]
Opened = Callable[[], AbstractContextManager[Judge]]


def main() -> None:
    """Measure each grader on each set."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    rounds = arguments.parse_args().rounds
    hard = [row for row in _rows("math_equiv.jsonl") if row["core"]]
    easy = _rows("math500_solution_pairs.jsonl.gz")
    for name, rows in (("206 core cases", hard), ("875 MATH-500 pairs", easy)):
        rates = {who: _measure(name, who, JUDGES[who], rows, rounds) for who in JUDGES}
        print(f"{name}: ours / math-verify {rates['ours'] / rates['math-verify']:.1f}x")  # noqa: T201
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"peak memory of our workers: {peak} MiB")  # noqa: T201


def _measure(name: str, who: str, opened: Opened, rows: Sequence[dict[str, Any]], rounds: int) -> float:
    rates: list[float] = []
    found: list[bool] = []
    times: list[float] = []
    for _ in range(rounds):
        found, times = [], []
        with opened() as judge:
            judge("1", "\\boxed{2x}")
            for row in rows:
                started = time.perf_counter()
                found.append(judge(row["gold"], row["answer"]))
                times.append((time.perf_counter() - started) * 1000)
        rates.append(len(rows) / (sum(times) / 1000))
    right = sum(word == row["truth"] for word, row in zip(found, rows, strict=True))
    positives = sum(word and not row["truth"] for word, row in zip(found, rows, strict=True))
    times.sort()
    print(  # noqa: T201 - what it is for
        f"{name:20} {who:12} accuracy {right / len(rows):.3f}"
        f"  false + {positives:2} - {len(rows) - right - positives:3}"
        f"  {statistics.median(rates):7.0f}/s  p50 {times[len(times) // 2]:.2f} ms"
        f"  p99 {times[int(len(times) * 0.99)]:.1f} ms  max {times[-1]:.0f} ms"
    )
    return statistics.median(rates)


@contextmanager
def _ours() -> Iterator[Judge]:
    """A grader that remembers no pair of an earlier round."""
    with LocalGrader() as grader:

        def judge(gold: str, answer: str) -> bool:
            submission = Submission(id="", verifier="math", response=answer, reference={"answer": gold})
            (verdict,) = grader.grade([submission])
            return verdict.reward == 1.0

        yield judge


def _math_verify(gold: str, answer: str) -> bool:
    return bool(verify(parse(_marked(gold)), parse(_marked(answer))))


def _marked(text: str) -> str:
    return text if any(mark in text for mark in ("$", "\\(", "\\[", "\\boxed")) else f"${text}$"


def _rows(name: str) -> list[dict[str, Any]]:
    path = DATA / name
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return [json.loads(line) for line in text.splitlines()]


JUDGES: dict[str, Opened] = {"ours": _ours, "math-verify": lambda: nullcontext(_math_verify)}


if __name__ == "__main__":
    main()
