"""`puzzle` beside the scores that Reasoning Gym publishes: verdicts a second, and what constants earn.

`python -m benchmarks.puzzles [--entries 20]` makes entries of all 105 datasets and prints

- verdicts a second over all of them: right answers and junk, half and half; ours through the workers and
  in process, the published scorers in process, with nothing that would stop them;
- the best mean that one constant answer earns, for each dataset where the published score of one is at
  least 0.25 or ours is.
"""

import argparse
import json
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import reasoning_gym

from rewards.grader import LocalGrader
from rewards.puzzles.datasets import CORRECTION_OF
from rewards.puzzles.witnesses import witness
from rewards.submission import Submission
from rewards.tasks.puzzle import score

CONSTANTS: Final = (
    *(
        "0",
        "1",
        "2",
        "3",
        "-1",
        "True",
        "False",
        "Yes",
        "No",
        "nan",
        "inf",
        "[]",
        "{}",
        "a",
        "on",
        "off",
        "x",
    ),
    *(
        "6*4+1-1",
        "0:00",
        "12:00:00",
        "50 days",
        "Monday",
        "P ∨ Q",
        "P ∨ ¬P",
        "P",
        "U",
        "0 0 0",
        "None",
        "[[0]]",
    ),
)
COMMON_ANSWERS: Final = 2
"""So many of a dataset's own commonest answers are tried as constants too."""
SHOWN_FROM: Final = 0.25

Entries = dict[str, list[tuple[dict[str, Any], str]]]
"""Entries by dataset, each with a right answer."""


def main() -> None:
    """Measure both."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--entries", type=int, default=20)
    warnings.simplefilter("ignore")
    made = _made(arguments.parse_args().entries)
    _print_rates(made)
    _print_floors(made)


def _made(count: int) -> Entries:
    made: Entries = {}
    for name in sorted(CORRECTION_OF):
        dataset = reasoning_gym.create_dataset(name, size=count, seed=21)
        entries = [json.loads(json.dumps(dataset[place], default=str)) for place in range(count)]
        made[name] = [(entry, right) for entry in entries if (right := witness(name, entry)) is not None]
    return made


def _print_rates(made: Entries) -> None:
    pairs = [(name, entry, right) for name, known in made.items() for entry, right in known]
    cases = [(name, entry, text.strip()) for name, entry, right in pairs for text in (right, "junk and [[")]
    for upstream in (False, True):
        for name, known in made.items():
            _scored(name, known[0][0], "0", upstream=upstream)
        started = time.perf_counter()
        for case in cases:
            _scored(*case, upstream=upstream)
        _print_rate("published" if upstream else "puzzle", "in process", len(cases), started)
    rows = [
        Submission(
            id="",
            verifier="puzzle",
            response=f"<answer>{text}</answer>",
            reference={"dataset": name, "entry": entry},
        )
        for name, entry, text in cases
    ]
    with LocalGrader(workers=1) as grader:
        grader.grade(rows)
        started = time.perf_counter()
        grader.grade(rows)
        _print_rate("puzzle", "one worker", len(cases), started)


def _print_rate(what: str, where: str, count: int, started: float) -> None:
    seconds = time.perf_counter() - started
    print(f"{what:10} {where:10} {count / seconds:8.0f} verdicts/s  {count} in {seconds:.2f} s")  # noqa: T201


def _print_floors(made: Entries) -> None:
    print(f"\n{'dataset':24} published          puzzle")  # noqa: T201
    for name, known in made.items():
        published, ours = (max(_floors(name, known, upstream=upstream)) for upstream in (True, False))
        if max(published[0], ours[0]) >= SHOWN_FROM:
            print(f"{name:24} {_floor(published)}  {_floor(ours)}")  # noqa: T201


def _floors(
    name: str, known: list[tuple[dict[str, Any], str]], *, upstream: bool
) -> Iterator[tuple[float, str]]:
    common = [right for right, _ in Counter(right for _, right in known).most_common(COMMON_ANSWERS)]
    for constant in (*CONSTANTS, *common):
        earned = [_scored(name, entry, constant.strip(), upstream=upstream) for entry, _ in known]
        yield sum(earned) / len(earned), constant


def _floor(floor: tuple[float, str]) -> str:
    return f"{floor[0]:.2f} {floor[1].splitlines()[0][:12] if floor[0] else '':13}"


def _scored(name: str, entry: dict[str, Any], answer: str, *, upstream: bool) -> float:
    item = {"dataset": name, "entry": entry, "answer": answer or None, "upstream": upstream}
    return float(score(item)["score"])


if __name__ == "__main__":
    main()
