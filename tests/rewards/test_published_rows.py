"""Rows of published data sets become references, by which right programs pass and wrong ones do not."""

import base64
import json
import pickle
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from db.store import open_store
from evals.coding import problem_from_row
from evals.errors import EvalError
from harness.commands.importing import import_dataset
from rewards.errors import BadReference, GradingError
from rewards.grader import LocalGrader
from rewards.programs.published import FORMATS, format_of, reference_of
from rewards.submission import Submission
from rewards.verdict import Outcome
from tests.importing import request

pytestmark = pytest.mark.sandbox


def packed(cases: object) -> str:
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(cases)))).decode()


ADD: Final = "a, b = map(int, input().split())\nprint(a + b)"
SUB: Final = ADD.replace("+", "-")
CASES: Final = [{"input": "1 2\n", "output": "3\n"}, {"input": "4 5\n", "output": "9\n"}]
PROMPT: Final = """import math

def half(x):
    return x / 2


def f(x: float) -> float:
    'Half of x, less one.'
"""
ROWS: Final[list[tuple[str, dict[str, Any], str, str]]] = [
    (
        "apps",
        {
            "question": "Add.",
            "input_output": json.dumps({"inputs": ["1 2\n", ["4 5"]], "outputs": ["3\n", ["9", ""]]}),
        },
        ADD,
        SUB,
    ),
    (
        "apps",
        {
            "question": "Twice.",
            "input_output": json.dumps({"fn_name": "f", "inputs": [[2], [[1]]], "outputs": [[4], [[1, 1]]]}),
        },
        "class Solution:\n    def f(self, x): return x * 2",
        "def f(x): return x",
    ),
    (
        "taco",
        {
            "question": "Add.",
            "input_output": {"inputs": ["1 2"], "outputs": ["3"]},
            "time_limit": "2.0 seconds",
            "difficulty": "EASY",
        },
        ADD,
        SUB,
    ),
    (
        "codecontests",
        {
            "description": "Add.",
            "public_tests": {"input": ["1 2\n"], "output": ["3\n"]},
            "private_tests": {"input": [], "output": []},
            "generated_tests": {"input": ["4 5"], "output": ["9"]},
            "time_limit": {"seconds": 1, "nanos": 500_000_000},
        },
        ADD,
        SUB,
    ),
    (
        "codeforces",
        {
            "description": "Any two numbers with that sum.",
            "input_format": "A sum.",
            "official_tests": [{"input": "7\n", "output": "3 4\n"}],
            "generated_checker": "import sys\nn = int(open(sys.argv[1]).read())\n"
            "print(int(sum(map(int, open(sys.argv[3]).read().split())) == n))",
            "time_limit": 1.0,
            "memory_limit": 256.0,
            "input_mode": "stdio",
            "interaction_format": None,
        },
        "n = int(input())\nprint(1, n - 1)",
        "n = int(input())\nprint(1, n)",
    ),
    (
        "livecodebench",
        {
            "question_content": "Add.",
            "public_test_cases": json.dumps(CASES[:1]),
            "private_test_cases": packed(CASES[1:]),
            "metadata": "{}",
        },
        ADD,
        SUB,
    ),
    (
        "livecodebench",
        {
            "question_content": "Rotate.",
            "starter_code": "class Solution:\n    def rotate(self, row, by):\n        ",
            "public_test_cases": json.dumps(
                [{"input": "[1, 2, 3]\n1", "output": "[3, 1, 2]", "testtype": "functional"}]
            ),
            "private_test_cases": "[]",
            "metadata": json.dumps({"func_name": "rotate"}),
        },
        "class Solution:\n    def rotate(self, row, by): return row[-by:] + row[:-by]",
        "class Solution:\n    def rotate(self, row, by): return row",
    ),
    (
        "humaneval",
        {
            "prompt": PROMPT,
            "entry_point": "f",
            "test": "def check(candidate):\n    assert abs(candidate(3) - half(1)) < 1e-6",
            "canonical_solution": "    return half(x) - 1\n",
        },
        "    return half(x) - 1\n",
        "def half(x): return 0\ndef f(x): return 0",
    ),
    (
        "evalplus",
        {
            "prompt": PROMPT,
            "entry_point": "f",
            "canonical_solution": "    return half(x) - 1\n",
            "base_input": [[3]],
            "plus_input": [[2.5], [0]],
            "atol": 1e-3,
        },
        "def f(x): return x / 2 - 1.0001",
        "def f(x): return x / 2 - 1.1",
    ),
    (
        "mbpp",
        {
            "text": "Write a function to count.",
            "test_list": [
                "assert count('aab') == {'a': 2, 'b': 1}",
                "assert math.isclose(sum(count('ab').values()), 2)",
            ],
            "test_setup_code": "import math",
            "challenge_test_list": ["assert count('') == {}"],
        },
        "from collections import Counter\ndef count(x): return Counter(x)",
        "def count(x): return set(x)",
    ),
    (
        "mbpp",
        {
            "prompt": "Write a function to add.",
            "test_list": ["assert sqrt(add(2, 2)) == 2"],
            "test_imports": ["from math import sqrt"],
        },
        "def add(a, b): return a + b",
        "def add(a, b): return a - b",
    ),
]
IDS: Final = [f"{name}{place}" for place, (name, *_) in enumerate(ROWS)]


@pytest.fixture(scope="module")
def grader() -> Iterator[LocalGrader]:
    with LocalGrader() as grader:
        yield grader


def test_there_is_a_row_of_each_format() -> None:
    assert {name for name, *_ in ROWS} == set(FORMATS)


@pytest.mark.parametrize(("name", "row", "right", "wrong"), ROWS, ids=IDS)
def test_a_row_judges_as_its_set_does(
    grader: LocalGrader, name: str, row: dict[str, Any], right: str, wrong: str
) -> None:
    for reference in (row, {"format": name, "row": row}, dict(reference_of(row))):
        answers = [
            Submission(id="", verifier="code", response=f"```python\n{program}\n```", reference=reference)
            for program in (right, wrong)
        ]
        good, bad = grader.grade(answers)
        assert (good.status, good.reward) == (Outcome.CORRECT, 1.0), good.detail
        assert bad.reward is not None, bad.detail
        assert bad.reward < 1.0, bad.detail


@pytest.mark.parametrize(("name", "row", "right", "wrong"), ROWS, ids=IDS)
def test_a_row_is_recognised_and_makes_a_problem(
    name: str, row: dict[str, Any], right: str, wrong: str
) -> None:
    assert format_of(row) == ("apps" if name == "taco" else name), "TACO's rows have APPS's form"
    problem = problem_from_row(row)
    assert (problem.domain, problem.verifier) == ("code", "code")
    assert problem.prompt.strip()
    assert json.loads(json.dumps(problem.reference)) == problem.reference
    assert all(hidden not in problem.prompt for hidden in ("challenge", "private", "canonical"))


def test_limits_are_the_rows_own() -> None:
    limits = {name: dict(reference_of(row)) for name, row, *_ in ROWS}
    assert (limits["taco"]["test_seconds"], limits["taco"]["total_seconds"]) == (2.0, 5.0)
    assert limits["codecontests"]["test_seconds"] == 1.5
    assert (limits["codeforces"]["test_seconds"], limits["codeforces"]["memory_mib"]) == (1.0, 256.0)
    assert "total_seconds" not in limits["humaneval"]


class Opens:
    def __reduce__(self) -> Any:
        return open, ("/tmp/unpickled", "w")


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({"input_output": "{"}, "input_output"),
        ({"input_output": "[]"}, "input_output"),
        ({"input_output": {"inputs": ["1"], "outputs": []}}, "input_output"),
        ({"input_output": {"inputs": "1", "outputs": []}}, "inputs"),
        ({"input_output": {"inputs": [1], "outputs": ["1"]}}, "input_output"),
        ({"input_output": {"inputs": ["1"], "outputs": ["1"], "fn_name": "f"}}, "input_output"),
        ({"public_tests": {"input": ["1"]}, "private_tests": {}}, "output"),
        ({"official_tests": [{"input": "1"}]}, "official_tests"),
        ({"public_test_cases": "[", "metadata": "{}"}, "public_test_cases"),
        ({"public_test_cases": "[]", "private_test_cases": "!!"}, "private_test_cases"),
        ({"public_test_cases": "[]", "private_test_cases": packed(CASES)[:40]}, "private_test_cases"),
        (
            {
                "public_test_cases": "[]",
                "private_test_cases": base64.b64encode(zlib.compress(pickle.dumps(Opens()))).decode(),
            },
            "private_test_cases",
        ),
        ({"prompt": "p", "test": "def check(", "entry_point": "f"}, "Python"),
        ({"prompt": "p", "test": 3, "entry_point": "f"}, "test"),
        ({"base_input": [1], "entry_point": "f", "prompt": "p", "canonical_solution": "s"}, "base_input"),
        ({"test_list": "assert f() == 1"}, "test_list"),
        ({"test_list": []}, "tests"),
        ({"test_list": ["assert f("]}, "test 0"),
        ({"format": "apps", "row": []}, "row"),
        ({"format": ["apps"], "row": {}}, "format"),
        ({"question": "What?"}, "tests"),
    ],
)
def test_a_bad_row_is_invalid_and_the_field_is_named(
    grader: LocalGrader, row: dict[str, Any], named: str
) -> None:
    answer = Submission(id="", verifier="code", response="```python\nx = 1\n```", reference=row)
    verdict = grader.grade([answer])[0]
    assert verdict.status is Outcome.INVALID_ROW, verdict.detail
    assert named in str(verdict.detail)
    assert not Path("/tmp/unpickled").exists()


def test_what_cannot_be_judged_here_is_no_fault_of_the_row() -> None:
    for row in (
        {"official_tests": [], "interaction_format": "talk"},
        {"official_tests": [], "input_mode": "file"},
    ):
        with pytest.raises(GradingError):
            reference_of(row)
    with pytest.raises(BadReference, match="no format 'leetcode'"):
        reference_of({"format": "leetcode", "row": {}})


def test_a_file_of_rows_is_imported(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps(row) + "\n" for _, row, *_ in ROWS) + "{}\nno json\n")
    asked = replace(request(rows), name="code-rows", sandbox="auto")
    assert import_dataset(asked, tmp_path) == 0
    with open_store(f"sqlite:///{tmp_path / 'harness.db'}") as store:
        record = store.dataset("code-rows")
        refused = store.quarantined(record.id, limit=9)
    assert (record.taken, record.duplicates) == (len(ROWS), 0)
    assert [row.place for row in refused] == [f"rows.jsonl:{len(ROWS) + line}" for line in (1, 2)]
    assert "the fields of none of apps" in refused[0].reason


def test_a_row_without_tests_is_no_problem() -> None:
    with pytest.raises(EvalError, match="no tests"):
        problem_from_row({"question": "?", "input_output": {"inputs": [], "outputs": []}})
