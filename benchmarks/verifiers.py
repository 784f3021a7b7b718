"""How right and how fast the maths verifier is, beside math-verify, in one run.

`python -m benchmarks.verifiers [--rounds 3] [--peers PYTHON]` prints for each set of development cases and
each grader: accuracy, false positives and negatives, verdicts a second, and the median, 99th percentile and
maximum of a verdict's time; then peak memory. math-verify is called as its documentation says, with texts
that have no marks of mathematics wrapped in dollars. `--peers` adds those of `benchmarks.peers`, run by that
interpreter, once; one that has not answered after `PEER_SECONDS` is killed, and has not accepted.
"""

import argparse
import json
import resource
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from math_verify import parse, verify

from benchmarks.measuring import Case, Judge, Opened, development_rows, measure, warmed
from rewards.grader import LocalGrader
from rewards.submission import Submission

PUBLISHED = ("math", "math:math-verify", "math:deepscaler", "math:prorl")
PEERS = ("inspect_ai", "verl prime_math", "verl math_reward", "verl math_dapo")
PEER_SECONDS = 12.0
WARMING = ("1", "\\boxed{2x}")


def main() -> None:
    """Measure each grader on each set."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--peers", metavar="PYTHON")
    given = arguments.parse_args()
    rounds = given.rounds
    hard = [_case(row) for row in development_rows("math_equiv.jsonl") if row["core"]]
    easy = [_case(row) for row in development_rows("math500_solution_pairs.jsonl.gz")]
    sets = {"206 core cases": hard, "875 MATH-500 pairs": easy}
    peaks: dict[str, int] = {}
    for name, cases in sets.items():
        rates: dict[str, float] = {}
        for who, whose in (("ours", resource.RUSAGE_CHILDREN), ("math-verify", resource.RUSAGE_SELF)):
            rates[who], _ = measure(name, who, JUDGES[who], cases, rounds)
            # Of the first set alone: a process started later begins with what this one has grown to.
            peaks.setdefault(who, resource.getrusage(whose).ru_maxrss // 1024)
        print(f"{name}: ours / math-verify {rates['ours'] / rates['math-verify']:.1f}x")  # noqa: T201
    for who, peak in peaks.items():
        print(f"peak memory of {who}: {peak} MiB")  # noqa: T201
    boxed = [(gold, _boxed(answer), truth) for gold, answer, truth in hard]
    for published in PUBLISHED:
        measure("the same, boxed", published, partial(_ours, published), boxed, 1)
    for peer in PEERS if given.peers else ():
        for name, cases in sets.items():
            measure(name, peer, partial(_peer, given.peers, peer), cases, 1)


@contextmanager
def _ours(verifier: str = "math") -> Iterator[Judge]:
    """A grader that remembers no pair of an earlier round."""
    with LocalGrader() as grader:

        def judge(gold: str, answer: str) -> bool:
            submission = Submission(id="", verifier=verifier, response=answer, reference={"answer": gold})
            (verdict,) = grader.grade([submission])
            return verdict.reward == 1.0

        with warmed(judge, WARMING):
            yield judge


def _math_verify(gold: str, answer: str) -> bool:
    return bool(verify(parse(_marked(gold)), parse(_marked(answer))))


def _case(row: dict[str, Any]) -> Case:
    return row["gold"], row["answer"], row["truth"]


def _boxed(text: str) -> str:
    return text if "boxed" in text else f"It is \\boxed{{{text}}}."


def _marked(text: str) -> str:
    return text if any(mark in text for mark in ("$", "\\(", "\\[", "\\boxed")) else f"${text}$"


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
        with warmed(judge, WARMING):
            yield judge
    finally:
        stop()
        print(f"peak memory of {name}: {max(peaks)} MiB")  # noqa: T201


JUDGES: dict[str, Opened] = {"ours": _ours, "math-verify": lambda: warmed(_math_verify, WARMING)}


if __name__ == "__main__":
    main()
