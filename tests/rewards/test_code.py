"""Code: what a program does is judged outside of its process, and no trick of its own helps it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rewards.errors import GradingError
from rewards.program_tests import same_value
from rewards.verdict import Outcome, Verdict
from rewards.verifier import Tools
from rewards.verifiers.code import CodeVerifier, extract_program
from sandbox.backend import Backend, open_backend
from sandbox.errors import SandboxError
from sandbox.execution import Execution, Layer
from sandbox.job import Job
from tests.rewards.development_data import development_rows

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Backend]:
    backend = open_backend("auto")
    yield backend
    backend.close()


@pytest.fixture(scope="module")
def verifier(sandbox: Backend) -> CodeVerifier:
    return CodeVerifier(Tools(sandbox=lambda: sandbox))


def judge(verifier: CodeVerifier, program: str, *tests: dict[str, Any], **reference: Any) -> Verdict:
    return verifier.verify(f"```python\n{program}\n```", {"tests": list(tests), **reference})


def words(verdict: Verdict) -> list[str]:
    assert isinstance(verdict.detail, dict)
    return list(verdict.detail["tests"])


DOUBLE: list[dict[str, Any]] = [{"args": [4], "expected": 8}, {"assert": "assert double('ab') == 'abab'"}]


@pytest.mark.parametrize(
    "program",
    [
        "def double(x): return x + x",
        "class Solution:\n    def double(self, x): return x + x",
        "print('noise')\ndef double(x):\n    print('more')\n    return x * 2",
        "double = lambda x: x * 2\nif __name__ == '__main__':\n    raise SystemExit('not a script here')",
    ],
)
def test_a_program_that_does_what_is_asked_passes(verifier: CodeVerifier, program: str) -> None:
    tests = DOUBLE[:1] if "Solution" in program else DOUBLE
    verdict = judge(verifier, program, *tests, entry_point="double")
    assert verdict.status is Outcome.CORRECT


ALWAYS_EQUAL = """
class Equal:
    def __eq__(self, other): return True
    def __hash__(self): return 0
class Text(str):
    def __eq__(self, other): return True
    __hash__ = str.__hash__
"""


@pytest.mark.parametrize(
    "program",
    [
        ALWAYS_EQUAL + "def double(x): return Equal()",
        ALWAYS_EQUAL + "def double(x): return Text('x')",
        ALWAYS_EQUAL + "def double(x): return [Equal()]",
        "import sys\nsys.exit(0)",
        "raise SystemExit",
        "import os\nos._exit(0)",
        "import posix\ndef double(x): posix._exit(0)",
        "def double(x): exit()",
        "import threading, os\nthreading.Timer(0, os._exit, [0]).start()\nimport time; time.sleep(1)",
        "import sys\nsys.excepthook = lambda *_: None\n1 / 0",
        "import sys\ndef double(x): return sys._getframe(1).f_locals.get('expected')",
        "import gc\ndef double(x): return [o for o in gc.get_objects() if 'expected' in str(o)]",
        'import os\nos.write(1, b\'["int", "0x8"]\')\ndef double(x): return 0',
        "import builtins\nbuiltins.type = lambda value: int\ndef double(x): return 1.5",
        "def double(x): return x",
    ],
)
def test_a_program_that_does_something_else_passes_nothing(verifier: CodeVerifier, program: str) -> None:
    verdict = judge(verifier, program, {"args": [4], "expected": 8}, entry_point="double")
    assert (verdict.status, verdict.reward) == (Outcome.INCORRECT, 0.0)


def test_what_is_expected_never_enters_the_sandbox(sandbox: Backend) -> None:
    jobs: list[Job] = []

    class Recorder:
        name = "recorder"
        layers: frozenset[Layer] = frozenset()

        def run(self, job: Job) -> Execution:
            jobs.append(job)
            return sandbox.run(job)

        def close(self) -> None:
            pass

    tests: list[dict[str, Any]] = [
        {"args": [1], "expected": "SECRET"},
        {"assert": "assert f(2) == 'SECRET'"},
        {"stdin": "3", "stdout": "SECRET"},
    ]
    judge(CodeVerifier(Tools(sandbox=Recorder)), "def f(x): return x", *tests, entry_point="f")
    assert len(jobs) == 3
    assert not any("SECRET" in repr(job) for job in jobs)


def test_the_reward_is_the_share_of_all_tests(verifier: CodeVerifier) -> None:
    tests = [{"args": [place], "expected": 1} for place in range(4)]
    verdict = judge(verifier, "def f(x): return 1 // (x != 3) * (x != 0)", *tests, entry_point="f")
    assert (verdict.status, verdict.reward) == (Outcome.PARTIAL, 0.5)
    assert words(verdict) == ["wrong", "passed", "passed", "nonzero_exit"]


def test_a_program_is_fed_standard_input_and_its_output_compared_by_tokens(verifier: CodeVerifier) -> None:
    tests = [
        {"stdin": "1 2\n", "stdout": "3\n"},
        {"stdin": "5\n6", "stdout": "  11  \n\n"},
        {"stdin": "1 1", "stdout": "3"},
    ]
    verdict = judge(verifier, "import sys\nprint(sum(map(int, sys.stdin.read().split())))", *tests)
    assert words(verdict) == ["passed", "passed", "wrong"]


def test_an_assertion_that_is_no_call_runs_beside_the_program(verifier: CodeVerifier) -> None:
    tests = [
        {"assert": "assert abs(f(2) - 4.0) < 1e-6"},
        {"assert": "assert f(2) == f(2)\nassert f(1) == 1"},
        {"assert": "assert f(2) > 9"},
        {"assert": "assert f((1, 2)) == 1"},
    ]
    verdict = judge(verifier, "def f(x): return x * x", *tests)
    assert words(verdict) == ["passed", "passed", "nonzero_exit", "nonzero_exit"]


def test_ending_early_does_not_pass_an_assertion(verifier: CodeVerifier) -> None:
    test = {"assert": "assert f(2) > 9"}
    for program in ("raise SystemExit", "import os\nos._exit(0)", "def f(x): raise SystemExit(0)"):
        assert judge(verifier, program, test).reward == 0.0


def test_time_is_for_all_tests_together_and_running_out_of_it_is_a_timeout(verifier: CodeVerifier) -> None:
    tests = [{"args": [place], "expected": place} for place in range(3)]
    verdict = judge(verifier, "def f(x):\n    while True: pass", *tests, entry_point="f", total_seconds=0.3)
    assert (verdict.status, verdict.reward) == (Outcome.TIMEOUT, 0.0)
    assert words(verdict) == ["cpu_time_limit", "no_time_left", "no_time_left"]


def test_one_slow_test_does_not_take_what_others_earned(verifier: CodeVerifier) -> None:
    tests = [{"args": [place], "expected": place} for place in (0, 1)]
    program = "def f(x):\n    while x: pass\n    return 0"
    verdict = judge(verifier, program, *tests, entry_point="f", total_seconds=0.3)
    assert (verdict.status, verdict.reward) == (Outcome.PARTIAL, 0.5)


def test_a_sandbox_that_fails_is_our_fault() -> None:
    def broken() -> Backend:
        raise SandboxError("no namespaces today")

    with pytest.raises(GradingError, match="no namespaces today"):
        judge(CodeVerifier(Tools(sandbox=broken)), "def f(x): return x", {"stdin": "", "stdout": ""})


@pytest.mark.parametrize(
    ("response", "program"),
    [
        ("```python\na = 1\n```\nor\n```python\na = 2\n```", "a = 2\n"),
        ("```python\na = 1\n```\noutput:\n```\n1\n```", "a = 1\n"),
        ("```\na = 1\n```", "a = 1\n"),
        ("```py\na = 1", "a = 1"),
        ("def f(x):\n    return x", "def f(x):\n    return x"),
        ("import sys\nprint(sys.argv)", "import sys\nprint(sys.argv)"),
        ("I would sort the list.", None),
        ("x", None),
        ("```python\n```", None),
        ("(" * 100_000, None),
    ],
)
def test_the_last_python_block_is_the_program(response: str, program: str | None) -> None:
    assert extract_program(response) == program


@pytest.mark.parametrize(
    ("value", "expected", "exact", "same"),
    [
        (1, 1, True, True),
        (1.0, 1, True, True),
        (0.1 + 0.2, 0.3, True, True),
        (0.31, 0.3, True, False),
        (float("nan"), float("nan"), True, True),
        (float("inf"), 1e308, True, False),
        (10**400, 1.0, True, False),
        ("1", 1, False, False),
        ((1, 2), [1, 2], False, True),
        ((1, 2), [1, 2], True, False),
        ([(1, [2.0])], [[1, [2]]], False, True),
        ([1, 2], [1, 2, 3], False, False),
        ({1: "a"}, {"1": "a"}, False, True),
        ({1: "a"}, {"1": "a"}, True, False),
        ({"a": [1]}, {"a": [2]}, False, False),
        (None, None, True, True),
        (None, False, True, False),
        ([], "", False, False),
    ],
)
def test_values_compare_as_python_does_but_for_floats_and_json(
    value: Any, expected: Any, exact: bool, same: bool
) -> None:
    assert same_value(value, expected, exact_kinds=exact) is same


def test_development_programs_get_the_verdicts_of_their_projects(verifier: CodeVerifier) -> None:
    for row in development_rows("code_io.jsonl"):
        pairs = list(zip(row["inputs"], row["outputs"], strict=True))[:10]
        called = row["fn_name"]
        tests = [
            {"args": given, "expected": wanted[0]} if called else {"stdin": given, "stdout": wanted}
            for given, wanted in pairs
        ]
        extra = {"entry_point": called} if called else {}
        verdict = judge(verifier, row["code"], *tests, **extra)
        assert (verdict.reward == 1.0) is row["expected"], json.dumps(verdict.detail)
