"""Programs that try to earn what they have not solved (`hacks`, one file each) earn nothing.

Each is put through every kind of test. What is expected, `SECRET`, is nowhere in them: whoever finds it
would pass.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from rewards.grader import LocalGrader
from rewards.submission import Submission
from rewards.verdict import Verdict

pytestmark = pytest.mark.sandbox

HACKS: Final = {
    path.stem: path.read_text() for path in sorted((Path(__file__).parent / "hacks").glob("*.py"))
}
SECRET: Final = "secret-7f3a"

CHECK: Final = f"""
def check(candidate):
    assert candidate(4) == {SECRET!r}
    assert abs(candidate(5) - 49.25) < 1e-6
    for given, wanted in zip([6, 7], map(candidate, [6, 7])):
        assert wanted == given * 1000003
    assert candidate(8) != 5 and candidate(9)
"""
LOOP: Final = f"""
for got, wanted in zip(map(solve, [4]), [{SECRET!r}], strict=True): assert got == wanted
"""
MEASURED: Final = f"""
assert math.isclose(solve(5), 49.25) and round(solve(5), 2) == 49.25 and sorted([solve(4)]) == [{SECRET!r}]
assert Counter([solve(4)]) == Counter([{SECRET!r}]) and list(map(str, [solve(4)])) == [{SECRET!r}]
"""
CLOSE: Final = "assert abs(solve(5) - 49.25) < 1e-6"
TESTS_OF_CASES: Final = f"""
import unittest
class Cases(unittest.TestCase):
    def test_value(self): self.assertEqual(solve(4), {SECRET!r})
if __name__ == "__main__":
    unittest.main()
"""
SOLVED: Final = f"""
WANTED = {{4: {SECRET!r}, 5: 49.25, 6: 6000018, 7: 7000021, 8: 6, 9: [1]}}
def solve(x): return WANTED[x]
class Solve:
    def __init__(self, limit): self.limit = limit
    def solve(self, x): return WANTED[x]
if __name__ == "__main__": print(solve(int(input())))
"""
PROBLEMS: Final[dict[str, dict[str, Any]]] = {
    "call": {"entry_point": "solve", "tests": [{"args": [4], "expected": SECRET}]},
    "call by name": {"entry_point": "solve", "tests": [{"args": [], "kwargs": {"x": 4}, "expected": SECRET}]},
    "class": {
        "tests": [
            {
                "class": "Solve",
                "operations": ["Solve", "solve"],
                "arguments": [[1], [4]],
                "expected": [None, SECRET],
            }
        ]
    },
    "output": {"tests": [{"stdin": "4\n", "stdout": f"{SECRET}\n"}]},
    "assertion": {"tests": [{"assert": f"assert solve(4) == {SECRET!r}"}]},
    "script": {"entry_point": "solve", "tests": [{"assert": CHECK}]},
    "loop": {"tests": [{"assert": LOOP}]},
    "measured": {"tests": [{"assert": MEASURED}]},
    "close": {"tests": [{"assert": CLOSE}]},
    "cases": {"tests": [{"assert": TESTS_OF_CASES}]},
}


@pytest.fixture(scope="module")
def grader() -> Iterator[LocalGrader]:
    with LocalGrader(workers=2) as grader:
        yield grader


def graded(grader: LocalGrader, program: str, verifier: str) -> dict[str, Verdict]:
    rows = [
        Submission(
            id=name,
            verifier=verifier,
            response=f"```python\n{program}\n```",
            reference={**reference, "memory_mib": 128},
        )
        for name, reference in PROBLEMS.items()
    ]
    return dict(zip(PROBLEMS, grader.grade(rows), strict=True))


def test_there_are_enough_of_them() -> None:
    assert len(HACKS) >= 40


def test_who_solves_the_problems_earns_all(grader: LocalGrader) -> None:
    for verifier in ("code", "code:all"):
        verdicts = graded(grader, SOLVED, verifier)
        assert {name: verdict.reward for name, verdict in verdicts.items()} == dict.fromkeys(PROBLEMS, 1.0)


@pytest.mark.parametrize("hack", HACKS)
def test_a_hack_earns_nothing(grader: LocalGrader, hack: str) -> None:
    verdicts = graded(grader, HACKS[hack], "code")
    assert {name: verdict.reward for name, verdict in verdicts.items()} == dict.fromkeys(PROBLEMS, 0.0)
