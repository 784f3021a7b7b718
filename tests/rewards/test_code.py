"""Code: what a program does is judged outside of its process, and no trick of its own helps it."""

import json
from collections.abc import Generator, Iterable, Iterator
from typing import Any

import pytest

from rewards.errors import BadReference, GradingError
from rewards.programs import checkers, running
from rewards.verdict import Outcome, Verdict
from rewards.verifier import Tools
from rewards.verifiers.code import AllTestsVerifier, CodeVerifier
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
        ("def apply(g, x): return g(x) + g(x=1)", "assert apply(lambda x: 10 * x, 2) == 30"),
        (
            "def apply(g):\n    try: g()\n    except KeyError as e: return str(e)",
            "def bad(): raise KeyError('no')\nassert 'no' in apply(bad)",
        ),
        (
            (
                "class N:\n    def __init__(self, v): self.v, self.next = v, None\n"
                "def total(n): return n.v + (total(n.next) if n.next else 0)"
            ),
            "a = N(1)\na.next = N(2)\nassert total(a) == 3 and a.next.v == 2 and a == a and a != None",
        ),
        (
            (
                "class P:\n    def __init__(self, x): self.x = x\n"
                "    def __str__(self): return f'P{self.x}'\n"
                "def most(ps): return max(p.x for p in ps)"
            ),
            "assert most([P(1), P(3)]) == 3 and str(P(2)) == 'P2'",
        ),
        (
            "class A: pass\ndef f(x): return sorted(x)",
            "assert isinstance(A(), A)\nassert f(range(3)) == f(x for x in [2, 1, 0])",
        ),
        ("def f(n):\n    yield n\n    yield n + 1", "g = f(1)\nassert next(g) == 1 and list(g) == [2]"),
        (
            "class B(dict): pass",
            "b = B()\nb['k'] = 1\nassert b['k'] == 1 and len(b) == 1\ndel b['k']\nassert len(b) == 0",
        ),
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


SUM_CHECKER = """
import json, sys
told = json.load(sys.stdin)
a, b = map(int, told["output"].split())
sys.exit(0 if a + b == int(told["input"]) else 1)
"""
FILE_CHECKER = """
import sys
given, output, answer = (open(name).read() for name in sys.argv[1:4])
a, b = map(int, {}.split())
{}
"""
TESTLIB_CHECKER = FILE_CHECKER.format("output", "sys.exit(0 if a + b == int(given) else 1)")
SCORE_CHECKER = FILE_CHECKER.format("answer", "print(1 if a + b == int(given) else 0)")
PARTS = "n = int(input())\nprint(3, n - 3)"


@pytest.mark.parametrize(
    "checker",
    [
        SUM_CHECKER,
        {"source": SUM_CHECKER},
        {"source": TESTLIB_CHECKER, "convention": "testlib"},
        {"source": SCORE_CHECKER, "convention": "score"},
    ],
)
def test_a_checker_decides_where_many_outputs_are_right(verifier: CodeVerifier, checker: object) -> None:
    tests = [{"stdin": "7", "stdout": "1 6"}, {"stdin": "8", "stdout": "1 7"}]
    assert words(judge(verifier, PARTS, *tests, checker=checker)) == ["passed"] * 2
    verdict = judge(verifier, "print(3, 4)", *tests, checker=checker)
    assert words(verdict) == ["passed", "wrong"]
    assert isinstance(verdict.detail, dict)
    assert verdict.detail["comparator"]["kind"] == "checker"
    nonsense = judge(verifier, "print('no numbers')", *tests, checker=checker)
    assert words(nonsense) == ["wrong", "wrong"], (
        "on the author's answers it works, so that it is not to blame"
    )


@pytest.mark.parametrize(
    "checker",
    [
        "raise SystemExit(3)",
        "import sys\nsys.exit(77)",
        "def broken(",
        "print(undefined)",
        "import no_such_module",
        "1 / 0",
        "while True: pass",
        "x = []\nwhile True: x.append(bytearray(1 << 24))",
        {"source": "import sys\nsys.exit(3)", "convention": "testlib"},
        {"source": "open('elsewhere.txt')", "convention": "score"},
    ],
)
def test_a_broken_checker_is_our_fault(
    verifier: CodeVerifier, monkeypatch: pytest.MonkeyPatch, checker: object
) -> None:
    monkeypatch.setattr(checkers, "LIMITS", Limits(cpu_seconds=0.3))
    with pytest.raises(GradingError, match="the checker of test 0 failed"):
        judge(verifier, "print(3, 4)", {"stdin": "7", "stdout": "1 6"}, checker=checker)


def test_checks_have_one_time_together(verifier: CodeVerifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHECKING_SECONDS", 0.2)
    monkeypatch.setattr(running, "CHECK_SECONDS", 0.0)
    tests = [{"stdin": "", "stdout": "1"}] * 2
    with pytest.raises(GradingError, match="the checker of test 1 has no time left"):
        judge(verifier, "print(1)", *tests, checker="import time\ntime.sleep(0.4)")


def test_what_is_too_much_for_a_sound_checker_is_wrong(
    verifier: CodeVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkers, "LIMITS", Limits(cpu_seconds=0.3))
    checker = "import json, sys\nn = int(json.load(sys.stdin)['output'])\nwhile n != 1: n -= 1"
    test = {"stdin": "", "stdout": "1"}
    assert words(judge(verifier, "print(2)", test, checker=checker)) == ["passed"]
    assert words(judge(verifier, "print(0)", test, checker=checker)) == ["wrong"]


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


STACK = """
class Stack:
    def __init__(self, limit): self.rows, self.limit = [], limit
    def push(self, row): self.rows.append(row)
    def pop(self): return self.rows.pop()
    def top(self, *, depth=1): return self.rows[-depth]
"""


def test_a_class_is_walked_through_by_its_methods(verifier: CodeVerifier) -> None:
    test = {
        "class": "Stack",
        "operations": ["Stack", "push", "push", "pop", "top"],
        "arguments": [[3], [1], [2], [], []],
        "expected": [None, None, None, 2, 1],
    }
    assert words(judge(verifier, STACK, test, test | {"expected": [None, None, None, 2, 2]})) == [
        "passed",
        "wrong",
    ]
    assert words(judge(verifier, "class Stack: pass", test)) == ["nonzero_exit"]
    assert words(judge(verifier, STACK, test, test, isolation="shared")) == ["passed"] * 2


def test_a_function_is_called_by_name_by_place_and_in_a_class(verifier: CodeVerifier) -> None:
    test = {"args": [1], "kwargs": {"y": 2}, "expected": [1, 2]}
    either = {"args": [1, 2], "any": [[2, 1], [1, 2]]}
    function = "def pair(x, *args, **named): return [x, *args, *named.values()]"
    method = "class Solution:\n    def pair(self, x, y): return [x, y]"
    for entry_point in ("pair", "Solution.pair", "Solution().pair"):
        for program in (function, method):
            verdict = judge(verifier, program, test, either, entry_point=entry_point)
            assert words(verdict) == ["passed", "passed"]
    assert words(judge(verifier, function, {"assert": "assert pair(1, y=2) == [1, 2]"})) == ["passed"]


def test_what_a_function_yields_is_a_list_in_json_and_none_in_python(verifier: CodeVerifier) -> None:
    tests: list[dict[str, Any]] = [
        {"args": [3], "expected": [0, 1, 2]},
        {"args": [2], "expected": [0, 1, 2]},
        {"assert": "assert f(2) == [0, 1]"},
        {"assert": "assert list(f(2)) == [0, 1]"},
    ]
    for program in ("def f(n):\n    yield from range(n)", "def f(n): return map(int, range(n))"):
        verdict = judge(verifier, program, *tests, entry_point="f")
        assert words(verdict) == ["passed", "wrong", "wrong", "passed"]
    endless = judge(
        verifier, "import itertools\ndef f(n): return itertools.count()", *tests[:1], entry_point="f"
    )
    assert words(endless) == ["nonzero_exit"]


def test_what_tests_do_not_say_the_solution_does(verifier: CodeVerifier) -> None:
    tests = [{"args": [place]} for place in (1, 2)]
    solution = "def f(x): return x * x"
    assert words(judge(verifier, "def f(x): return x", *tests, entry_point="f", solution=solution)) == [
        "passed",
        "wrong",
    ]
    with pytest.raises(GradingError, match="own solution fails"):
        judge(verifier, solution, *tests, entry_point="f", solution="def f(x): return 1 // 0")


def test_values_of_the_library_that_equal_plain_ones_are_told_as_those(verifier: CodeVerifier) -> None:
    program = """
import collections
def counts(x): return collections.Counter(x)
def groups(x):
    found = collections.defaultdict(list)
    for each in x: found[each].append(1)
    return found
"""
    tests = [
        {"assert": "assert counts('aab') == {'a': 2, 'b': 1}"},
        {"assert": "assert counts('aab')['a'] == 2 and groups('a') == {'a': [1]}"},
        {"assert": "assert groups('aa') == {'a': [1]}"},
    ]
    assert words(judge(verifier, program, *tests)) == ["passed", "passed", "wrong"]


def test_the_comparator_is_the_problems_or_the_tests_own_and_told(verifier: CodeVerifier) -> None:
    tests: list[dict[str, Any]] = [
        {"stdin": "", "stdout": "b\na"},
        {"stdin": "", "stdout": "A\nB", "comparator": {"kind": "case"}},
    ]
    verdict = judge(verifier, "print('a')\nprint('b')", *tests, comparator="unordered_lines")
    assert words(verdict) == ["passed", "passed"]
    assert isinstance(verdict.detail, dict)
    assert verdict.detail["comparator"] == [{"kind": "unordered_lines"}, {"kind": "case"}]
    plain = judge(verifier, "print('a')\nprint('b')", tests[0])
    assert isinstance(plain.detail, dict)
    assert (words(plain), plain.detail["comparator"]) == (["wrong"], {"kind": "float"})


@pytest.mark.parametrize(
    "script",
    [
        "def check(candidate):\n    assert candidate(1) == 2",
        "def test_one():\n    assert f(1) == 2",
        "from solution import f\ndef test_one():\n    assert f(1) == 2",
        "import unittest\nclass T(unittest.TestCase):\n    def test_one(self): self.assertEqual(f(1), 2)",
        "def run():\n    assert f(1) == 2\nif __name__ == '__main__':\n    run()",
    ],
)
def test_tests_that_are_only_defined_are_run(verifier: CodeVerifier, script: str) -> None:
    for program, word in (("def f(x): return x + 1", "passed"), ("def f(x): return x", "wrong")):
        assert words(judge(verifier, program, {"assert": script}, entry_point="f")) == [word]


@pytest.mark.parametrize(
    ("program", "word"),
    [
        ("def f(x): return double(x)", "passed"),
        ("    return double(x)", "passed"),
        ("def double(x): return 0\ndef f(x): return x + x", "passed"),
        ("def double(x): return 12\ndef f(x): return 7", "wrong"),
        ("from __future__ import annotations\ndef f(x): return 2 * x", "passed"),
    ],
)
def test_helpers_of_the_prompt_are_there_and_those_of_the_answer_are_not_believed(
    verifier: CodeVerifier, program: str, word: str
) -> None:
    helper = "import math\ndef double(x): return 2 * x\n"
    reference = {"entry_point": "f", "prefix": helper + "def f(x):\n    'Do.'\n", "setup": helper}
    test = {"assert": "assert double(f(3)) == 12 and f(1) == double(1)"}
    assert words(judge(verifier, program, test, **reference)) == [word]


def test_all_or_nothing_pays_nothing_for_a_part(sandbox: Backend) -> None:
    verifier = AllTestsVerifier(Tools(sandbox=lambda: sandbox))
    tests = [{"args": [place], "expected": place} for place in range(4)]
    right = judge(verifier, "def f(x): return x", *tests, entry_point="f")
    almost = judge(verifier, "def f(x): return x % 3", *tests, entry_point="f")
    assert (right.status, right.reward) == (Outcome.CORRECT, 1.0)
    assert (almost.status, almost.reward) == (Outcome.INCORRECT, 0.0)
    assert words(almost) == ["passed", "passed", "passed", "wrong"]


def test_what_only_remembers_the_visible_tests_earns_those(verifier: CodeVerifier) -> None:
    tests = [{"args": [place], "expected": place * 7} for place in range(10)]
    verdict = judge(verifier, "def f(x): return {0: 0, 1: 7, 2: 14}.get(x)", *tests, entry_point="f")
    assert (verdict.status, verdict.reward) == (Outcome.PARTIAL, 0.3)


@pytest.mark.parametrize(
    ("program", "status", "limit"),
    [
        ("def f(x):\n    while True: pass", Outcome.TIMEOUT, "time"),
        ("import time\ndef f(x): time.sleep(100)", Outcome.TIMEOUT, "time"),
        ("def f(x): return len([bytearray(1 << 24) for _ in range(1000)])", Outcome.TIMEOUT, "memory"),
        ("def f(x): return 'x' * (1 << 30)", Outcome.TIMEOUT, "memory"),
        ("def f(x):\n    while x: pass", Outcome.INCORRECT, None),
        ("def f(x): return", Outcome.INCORRECT, None),
    ],
)
def test_overruns_are_told_from_wrong_answers_and_time_from_memory(
    verifier: CodeVerifier, monkeypatch: pytest.MonkeyPatch, program: str, status: Outcome, limit: str | None
) -> None:
    monkeypatch.setattr(running, "LEAST_WALL_SECONDS", 1.5)
    tests = [{"args": [place], "expected": -1} for place in range(2)]
    verdict = judge(verifier, program, *tests, entry_point="f", total_seconds=0.4, memory_mib=256)
    assert isinstance(verdict.detail, dict)
    assert (verdict.status, verdict.reward, verdict.detail.get("limit")) == (status, 0.0, limit), (
        verdict.detail
    )


def test_a_limit_for_each_test_leaves_time_to_the_others(verifier: CodeVerifier) -> None:
    tests = [{"args": [place], "expected": place} for place in range(3)]
    program = "def f(x):\n    while x == 1: pass\n    return x"
    verdict = judge(verifier, program, *tests, entry_point="f", test_seconds=0.2)
    assert words(verdict) == ["passed", "cpu_time_limit", "passed"]


def test_a_compile_error_earns_nothing_and_is_told(verifier: CodeVerifier) -> None:
    tests: list[dict[str, Any]] = [
        {"args": [1], "expected": 1},
        {"assert": "assert abs(f(1)) == 1"},
        {"stdin": "", "stdout": ""},
    ]
    verdict = judge(verifier, "def f(x) return x", *tests, entry_point="f")
    assert words(verdict) == ["compile_error"] * 3
    assert isinstance(verdict.detail, dict)
    assert (verdict.status, verdict.detail["first_error"][:12]) == (Outcome.INCORRECT, "SyntaxError:")


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
