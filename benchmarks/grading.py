"""How many verdicts a second each verifier gives, in process and warm.

`python benchmarks/grading.py [--workers 1]` prints one line a kind of row.
"""

import argparse
import json
import time
from collections.abc import Sequence
from typing import Any

import reasoning_gym

from rewards.grader import LocalGrader
from rewards.submission import Submission

GROUP = 16
PROGRAM = "```python\ndef double(x):\n    return x + x\n```"
CALLS = [{"args": [value], "expected": 2 * value} for value in range(5)]
INSTRUCTIONS = {
    "instruction_id_list": ["punctuation:no_comma", "length_constraints:number_words"],
    "kwargs": [{}, {"num_words": 5, "relation": "at least"}],
}


def main() -> None:
    """Measure each kind of row."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--workers", type=int, default=1)
    with LocalGrader(workers=arguments.parse_args().workers) as grader:
        for kind, rows in _kinds().items():
            grader.grade(rows[:1])
            started = time.perf_counter()
            verdicts = grader.grade(rows)
            seconds = time.perf_counter() - started
            right = sum(verdict.reward == 1.0 for verdict in verdicts)
            print(  # noqa: T201 - what it is for
                f"{kind:32} {len(rows) / seconds:8.0f}/s  {len(rows)} rows, {right} right, {seconds:.3f} s"
            )


def _kinds() -> dict[str, Sequence[Submission]]:
    return {
        "math, settled by text or number": [
            _row("math", f"So it is \\boxed{{{place}}}.", {"answer": str(place)}) for place in range(5000)
        ],
        "math, settled by math-verify": [
            _row("math", f"\\boxed{{(x+{place})^2}}", {"answer": f"x^2+{2 * place}x+{place**2}"})
            for place in range(1, 101)
        ],
        "stem, a letter": [_row("stem", "The answer is (B).", {"answer": "B"})] * 2000,
        "stem, a unit converted": [_row("stem", "\\boxed{981 cm/s^2}", {"answer": "9.81 m/s^2"})] * 200,
        "puzzle, chain_sum": _puzzles("chain_sum"),
        "puzzle, sokoban": _puzzles("sokoban"),
        "instruction, two of them": [_row("instruction", "Here are some words. " * 40, INSTRUCTIONS)] * 800,
        "code, five calls": [_row("code", PROGRAM, {"entry_point": "double", "tests": CALLS})] * 20,
    }


def _puzzles(dataset: str) -> list[Submission]:
    made = reasoning_gym.create_dataset(dataset, size=800 // GROUP, seed=1)
    entries = [json.loads(json.dumps(entry)) for entry in made for _ in range(GROUP)]
    return [
        _row(
            "puzzle",
            f"<answer>{entry['answer'] if place % 3 else 'x'}</answer>",
            {"dataset": dataset, "entry": entry},
        )
        for place, entry in enumerate(entries)
    ]


def _row(verifier: str, response: str, reference: dict[str, Any]) -> Submission:
    return Submission(id="", verifier=verifier, response=response, reference=reference)


if __name__ == "__main__":
    main()
