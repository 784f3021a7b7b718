"""Code: what a program does is judged outside of its process, and no trick of its own helps it."""

import json
from collections.abc import Generator, Iterable, Iterator
from typing import Any

import pytest

from rewards.errors import BadReference, GradingError
from rewards.programs.comparators import Comparator
from rewards.programs.extraction import extract_program
from rewards.verdict import Outcome, Verdict
from rewards.verifier import Tools
from rewards.verifiers.code import CodeVerifier
from sandbox.backend import Backend, open_backend
from sandbox.backends.scripted import ScriptedBackend
from sandbox.errors import SandboxError
from sandbox.execution import Execution
from sandbox.job import Job, Limits
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
    seen: list[object] = []

    class Recorder(ScriptedBackend):
        def run(self, job: Job) -> Execution:
            seen.append(job)
            return sandbox.run(job)

        def run_each(
            self, job: Job, runs: Iterable[tuple[bytes, Limits]]
        ) -> Generator[Execution, None, None]:
            inputs = list(runs)
            seen.extend((job, inputs))
            yield from sandbox.run_each(job, inputs)

        def converse(self, judge: Job, program: Job) -> tuple[Execution, Execution]:
            assert "SECRET" in judge.source, "which runs in a process of its own"
            seen.append(program)
            return sandbox.converse(judge, program)

    tests: list[dict[str, Any]] = [
        {"args": [1], "expected": "SECRET"},
        {"assert": "assert f(2) == 'SECRET'"},
        {"assert": "assert len(f(2)) == len('SECRET')"},
        {"stdin": "3", "stdout": "SECRET"},
    ]
    verdict = judge(CodeVerifier(Tools(sandbox=Recorder)), "def f(x): return x", *tests, entry_point="f")
    assert words(verdict) == ["wrong"] * 4
    assert len(seen) == 4
    assert "SECRET" not in repr(seen)


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
    assert words(verdict) == ["passed", "passed", "wrong", "nonzero_exit"]


@pytest.mark.parametrize(
    ("program", "assertion"),
    [
        ("def f(rows): rows.sort()", "rows = [3, 1]\nf(rows)\nassert rows == [1, 3]"),
        ("def f(n):\n    yield from range(n)", "assert list(f(3)) == [0, 1, 2]"),
        (
            "class Stack(list):\n    def top(self): return self[-1]",
            "s = Stack([1, 2])\nassert s.top() == 2 and len(s) == 2",
        ),
        (
            "def f(n): raise ValueError(n)",
            "try: f(1)\nexcept ValueError as e: assert str(e) == '1'\nelse: assert False",
        ),
        ("def f(x): return {x: {1, 2}}", "def check(g):\n    assert g('a') == {'a': {2, 1}}\ncheck(f)"),
        ("def product(a, b): return a * b", "assert abs(product(2, 3) - 6) < 1e-9"),
        ("def f(x): return x", "assert math.isclose(f(0.1) + f(0.2), 0.3)"),
        ("LIMIT = 5", "assert LIMIT + 1 == 6"),
    ],
)
def test_assertions_may_do_what_tests_do(verifier: CodeVerifier, program: str, assertion: str) -> None:
    assert words(judge(verifier, program, {"assert": assertion})) == ["passed"]


@pytest.mark.parametrize(
    "program",
    [
        """
class E:
    def __eq__(self, o): return True
    def __lt__(self, o): return True
    __gt__ = __lt__
    def __sub__(self, o): return self
    def __abs__(self): return self
    def __bool__(self): return True
def f(x): return E()
""",
        "class I(int):\n    def __eq__(self, o): return True\ndef f(x): return I(3)",
        "import sys, os\ndef f(x):\n    print('{\"plain\": 1}', flush=True)\n    os._exit(0)",
        "import gc\ndef f(x):\n    return [o for o in gc.get_objects() if type(o) is float][-1]",
        "import builtins\nbuiltins.AssertionError = Exception\ndef f(x): return None",
    ],
)
def test_no_value_that_lies_passes_an_assertion(verifier: CodeVerifier, program: str) -> None:
    tests = [{"assert": "assert abs(f(2) - 49.5) < 1e-6"}, {"assert": "assert f(2) == 49.5 or f(2) > 49"}]
    assert judge(verifier, program, *tests).reward == 0.0


def test_a_shared_process_gives_the_same_verdicts(verifier: CodeVerifier) -> None:
    tests = [{"stdin": str(place), "stdout": str(place * place)} for place in range(30)]
    right, wrong = "print(int(input()) ** 2)", "n = int(input())\nprint(n * n if n < 20 else 1 // (n - 25))"
    for program in (right, wrong):
        alone, shared = (judge(verifier, program, *tests, isolation=kind) for kind in ("process", "shared"))
        assert words(alone) == words(shared)
    remembers = "import builtins\nbuiltins.seen = getattr(builtins, 'seen', 0) + 1\nprint(builtins.seen)"
    counting = [{"stdin": "", "stdout": str(place)} for place in (1, 2)]
    assert words(judge(verifier, remembers, *counting)) == ["passed", "wrong"]


def test_a_checker_decides_where_many_outputs_are_right(verifier: CodeVerifier) -> None:
    checker = """
import json, sys
told = json.load(sys.stdin)
a, b = map(int, told["output"].split())
sys.exit(0 if a + b == int(told["input"]) else 1)
"""
    tests = [{"stdin": "7", "stdout": ""}, {"stdin": "8", "stdout": ""}]
    assert (
        words(judge(verifier, "n = int(input())\nprint(3, n - 3)", *tests, checker=checker)) == ["passed"] * 2
    )
    assert words(judge(verifier, "print(3, 4)", *tests, checker=checker)) == ["passed", "wrong"]
    with pytest.raises(GradingError, match="checker of test 0 failed"):
        judge(verifier, "print(3, 4)", *tests, checker="raise SystemExit(3)")


def test_an_interactor_talks_with_the_program(verifier: CodeVerifier) -> None:
    interactor = """
import sys
secret = 37
for _ in range(10):
    guess = int(input())
    print("low" if guess < secret else "high" if guess > secret else "right", flush=True)
    if guess == secret: sys.exit(0)
sys.exit(1)
"""
    halves = """
low, high = 0, 100
while True:
    guess = (low + high) // 2
    print(guess, flush=True)
    word = input()
    if word == "right": break
    low, high = (guess + 1, high) if word == "low" else (low, guess - 1)
"""
    assert words(judge(verifier, halves, {"interactor": interactor})) == ["passed"]
    assert words(judge(verifier, "print(1)", {"interactor": interactor})) == ["wrong"]
    endless = judge(verifier, "while True: pass", {"interactor": interactor}, total_seconds=0.2)
    assert words(endless) == ["cpu_time_limit"]


def test_programs_of_other_languages_are_taken_from_their_blocks(verifier: CodeVerifier) -> None:
    response = (
        "```text\nno\n```\n```c++\n#include <iostream>\nint main(){int x;std::cin>>x;std::cout<<x*2;}\n```"
    )
    tests = [{"stdin": "4", "stdout": "8"}, {"stdin": "5", "stdout": "11"}]
    verdict = verifier.verify(response, {"language": "cpp", "tests": tests})
    assert words(verdict) == ["passed", "wrong"]
    broken = verifier.verify("```cpp\nint main(\n```", {"language": "cpp", "tests": tests})
    assert words(broken) == ["compile_error"] * 2


@pytest.mark.parametrize(
    ("reference", "named"),
    [
        ({"language": "cobol"}, "no language 'cobol'"),
        ({"isolation": "none"}, "'isolation' is"),
        ({"checker": 3}, "'checker' is"),
        ({"language": "c", "tests": [{"assert": "assert f(1) > 2"}]}, "for programs in Python"),
    ],
)
def test_a_reference_that_makes_no_sense_is_refused(
    verifier: CodeVerifier, reference: dict[str, Any], named: str
) -> None:
    with pytest.raises(BadReference, match=named):
        verifier.verify("x = 1", {"tests": [{"stdin": "", "stdout": ""}], **reference})


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
    assert Comparator().same_value(value, expected, exact_kinds=exact) is same


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
