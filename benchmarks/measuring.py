"""How right and how fast a judge of answers is: what the benchmarks of verifiers share."""

import gzip
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

DATA = Path(os.environ.get("HARNESS_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
Case = tuple[Any, str, bool]
"""A reference, a response, and whether that is right."""
Judge = Callable[[Any, str], bool]
Opened = Callable[[], AbstractContextManager[Judge]]
"""Makes a judge that has judged once: what starts late is no verdict's time."""


def development_rows(name: str) -> list[dict[str, Any]]:
    """The rows of one file of development cases; `HARNESS_DATA` says where they are."""
    content = (DATA / name).read_bytes()
    text = gzip.decompress(content) if name.endswith(".gz") else content
    return [json.loads(line) for line in text.splitlines()]


@contextmanager
def warmed(judge: Judge, *first: tuple[Any, str]) -> Iterator[Judge]:
    """`judge`, once it has judged `first`."""
    for reference, response in first:
        judge(reference, response)
    yield judge


def measure(
    title: str, who: str, opened: Opened, cases: Sequence[Case], rounds: int
) -> tuple[float, list[Case]]:
    """Judge all cases in each of `rounds` rounds, by a judge opened anew for each, and print one line.

    Returns:
        the median of the rounds' verdicts a second, and the cases that it has wrong.
    """
    rates: list[float] = []
    found: list[bool] = []
    times: list[float] = []
    for _ in range(rounds):
        found, times = [], []
        with opened() as judge:
            for reference, response, _ in cases:
                started = time.perf_counter()
                found.append(judge(reference, response))
                times.append((time.perf_counter() - started) * 1000)
        rates.append(len(cases) / (sum(times) / 1000))
    wrong = [case for word, case in zip(found, cases, strict=True) if word != case[2]]
    negatives = sum(truth for *_, truth in wrong)
    times.sort()
    print(  # noqa: T201 - what it is for
        f"{title:20} {who:16} accuracy {1 - len(wrong) / len(cases):.3f}"
        f"  false + {len(wrong) - negatives:4} - {negatives:4}"
        f"  {statistics.median(rates):7.0f}/s  p50 {times[len(times) // 2]:.2f} ms"
        f"  p99 {times[int(len(times) * 0.99)]:.1f} ms  max {times[-1]:.0f} ms"
    )
    return statistics.median(rates), wrong
