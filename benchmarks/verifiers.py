"""How right and how fast the maths verifier is, beside math-verify, in one run.

`python -m benchmarks.verifiers [--rounds 3] [--peers PYTHON]` prints for each set of development cases and
each grader: accuracy, false positives and negatives, verdicts a second, and the median, 99th percentile and
maximum of a verdict's time; then peak memory. math-verify is called as its documentation says, with texts
that have no marks of mathematics wrapped in dollars. `--peers` adds those of `benchmarks.peers`, run by that
interpreter, once; one that has not answered after `PEER_SECONDS` is killed, and has not accepted.
"""

import argparse
import gzip
import json
import os
import resource
import select
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from math_verify import parse, verify

from rewards.grader import LocalGrader
from rewards.submission import Submission

DATA = Path(os.environ.get("HARNESS_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
PUBLISHED = ("math", "math:math-verify", "math:deepscaler", "math:prorl")
PEERS = ("inspect_ai", "verl prime_math", "verl math_reward", "verl math_dapo")
PEER_SECONDS = 12.0
Judge = Callable[[str, str], bool]
Opened = Callable[[], AbstractContextManager[Judge]]


def main() -> None:
    """Measure each grader on each set."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--peers", metavar="PYTHON")
    given = arguments.parse_args()
    rounds = given.rounds
    hard = [row for row in _rows("math_equiv.jsonl") if row["core"]]
    easy = _rows("math500_solution_pairs.jsonl.gz")
    sets = {"206 core cases": hard, "875 MATH-500 pairs": easy}
    peaks: dict[str, int] = {}
    for name, rows in sets.items():
        rates: dict[str, float] = {}
        for who, whose in (("ours", resource.RUSAGE_CHILDREN), ("math-verify", resource.RUSAGE_SELF)):
            rates[who] = _measure(name, who, JUDGES[who], rows, rounds)
            # Of the first set alone: a process started later begins with what this one has grown to.
            peaks.setdefault(who, resource.getrusage(whose).ru_maxrss // 1024)
        print(f"{name}: ours / math-verify {rates['ours'] / rates['math-verify']:.1f}x")  # noqa: T201
    for who, peak in peaks.items():
        print(f"peak memory of {who}: {peak} MiB")  # noqa: T201
    boxed = [row | {"answer": _boxed(row["answer"])} for row in hard]
    for published in PUBLISHED:
        _measure("the same, boxed", published, partial(_ours, published), boxed, 1)
    for peer in PEERS if given.peers else ():
        for name, rows in sets.items():
            _measure(name, peer, partial(_peer, given.peers, peer), rows, 1)


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
        f"{name:20} {who:16} accuracy {right / len(rows):.3f}"
        f"  false + {positives:2} - {len(rows) - right - positives:3}"
        f"  {statistics.median(rates):7.0f}/s  p50 {times[len(times) // 2]:.2f} ms"
        f"  p99 {times[int(len(times) * 0.99)]:.1f} ms  max {times[-1]:.0f} ms"
    )
    return statistics.median(rates)


@contextmanager
def _ours(verifier: str = "math") -> Iterator[Judge]:
    """A grader that remembers no pair of an earlier round."""
    with LocalGrader() as grader:

        def judge(gold: str, answer: str) -> bool:
            submission = Submission(id="", verifier=verifier, response=answer, reference={"answer": gold})
            (verdict,) = grader.grade([submission])
            return verdict.reward == 1.0

        yield judge


def _math_verify(gold: str, answer: str) -> bool:
    return bool(verify(parse(_marked(gold)), parse(_marked(answer))))


def _boxed(text: str) -> str:
    return text if "boxed" in text else f"It is \\boxed{{{text}}}."


def _marked(text: str) -> str:
    return text if any(mark in text for mark in ("$", "\\(", "\\[", "\\boxed")) else f"${text}$"


def _rows(name: str) -> list[dict[str, Any]]:
    path = DATA / name
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return [json.loads(line) for line in text.splitlines()]


@contextmanager
def _peer(python: str, name: str) -> Iterator[Judge]:
    """A peer in a process of its own, started again where it does not answer."""
    running: list[subprocess.Popen[str]] = []
    peaks: list[int] = []

    def start() -> subprocess.Popen[str]:
        command = [python, str(Path(__file__).with_name("peers.py")), name]
        running[:] = [
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
        ]
        return running[0]

    def judge(gold: str, answer: str) -> bool:
        process = running[0] if running else start()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a peer without pipes")
        process.stdin.write(json.dumps({"gold": gold, "answer": answer}) + "\n")
        process.stdin.flush()
        if select.select([process.stdout], [], [], PEER_SECONDS)[0] and (line := process.stdout.readline()):
            return bool(json.loads(line)["equal"])
        stop()
        return False

    def stop() -> None:
        for process in running:
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
            peaks.append(int(status.partition("VmHWM:")[2].split()[0]) // 1024)
            process.kill()
            process.communicate()
        running.clear()

    try:
        yield judge
    finally:
        stop()
        print(f"peak memory of {name}: {max(peaks)} MiB")  # noqa: T201


JUDGES: dict[str, Opened] = {"ours": _ours, "math-verify": lambda: nullcontext(_math_verify)}


if __name__ == "__main__":
    main()
