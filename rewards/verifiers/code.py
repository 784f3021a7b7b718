"""Code: the share of the tests that the response's program passes, in the sandbox.

Reference: `{"language": "python", "tests": [...], "entry_point"?: NAME, "total_seconds"?: 5}` with tests
of three forms (`rewards.program_tests`). Each test runs in a sandbox of its own, so that none can change
another's outcome; what it expects never enters it. `total_seconds` is CPU time over all tests together;
tests that find nothing left of it fail.

The program is the last fenced block marked as Python, else the last fenced block, else the whole response
where it is Python with a definition or an import.

Not covered: languages other than Python, checker programs, and assertions that a call cannot express,
which run beside the program and trust it.
"""

import ast
import contextlib
import itertools
import json
import re
import warnings
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rewards.errors import BadReference, GradingError
from rewards.extraction import after_thinking
from rewards.problem import Reference
from rewards.program_tests import CallTest, DialogueTest, OutputTest, ProgramTest, parse_tests
from rewards.verdict import Outcome, Verdict, share_verdict
from rewards.verifier import Tools
from sandbox.backend import Backend
from sandbox.errors import SandboxError
from sandbox.execution import Execution, Status
from sandbox.job import Job, Limits
from sandbox.language import LANGUAGES

DEFAULT_SECONDS: Final = 5.0
MAX_SECONDS: Final = 600.0
MAX_SOURCE_CHARS: Final = 200_000
WALL_FACTOR: Final = 3.0
"""Wall seconds for each second of CPU time: sleeping is bounded, a busy machine is no fault."""
STARTUP_SECONDS: Final = 0.1
"""What each test gets on top and is not charged: starting Python is no work of the program's."""
JUDGE_SECONDS: Final = 5.0
"""CPU time of a judge of ours, on top of its program's."""
LEAST_WALL_SECONDS: Final = 10.0
CHECKER_SAYS_NO: Final = 1
"""The exit code by which a checker rejects an output; any other but 0 is a fault of the checker."""
_BLOCK: Final = re.compile(r"```[ \t]{0,20}([\w+-]{0,20})[^\n]{0,200}\n(.*?)(?:```|\Z)", re.DOTALL)
_DEFINITION: Final = re.compile(r"^[ \t]{0,20}(?:def|class|async|import|from)\b", re.MULTILINE)
_BLOCK_NAMES: Final = {
    "python": {"python", "python3", "py"},
    "cpp": {"cpp", "c++", "cc", "cxx"},
    "javascript": {"javascript", "js", "node"},
    "bash": {"bash", "sh", "shell"},
    "rust": {"rust", "rs"},
    "go": {"go", "golang"},
}
"""How blocks of each language are marked, where that is not its name alone."""
_TIME_LIMITS: Final = frozenset({Status.CPU_TIME_LIMIT, Status.WALL_TIME_LIMIT})


@dataclass(frozen=True, slots=True)
class _Task:
    """A program and what it is to be put through."""

    program: str
    language: str
    tests: Sequence[ProgramTest]
    total_seconds: float
    shared: bool
    checker: str | None


@dataclass(frozen=True, slots=True)
class _TestOutcome:
    word: str
    """`passed`, `wrong`, `no_time_left`, or the status of the execution that went wrong."""
    spent_seconds: float
    stderr: str = ""
    stdout: bytes = b""

    @property
    def timed_out(self) -> bool:
        return self.word == "no_time_left" or self.word in _TIME_LIMITS


class _Budget:
    """CPU time over all tests together."""

    def __init__(self, total_seconds: float) -> None:
        self.left_seconds = total_seconds

    def limits(self) -> Limits:
        """What the next test may use: all that is left."""
        seconds = max(self.left_seconds, 0.0) + STARTUP_SECONDS
        return Limits(cpu_seconds=seconds, wall_seconds=max(LEAST_WALL_SECONDS, WALL_FACTOR * seconds))

    def charge(self, execution: Execution) -> float:
        """Take what a test used, and say how much that was."""
        spent_seconds = max(0.0, execution.cpu_seconds - STARTUP_SECONDS)
        if execution.status in _TIME_LIMITS:
            spent_seconds = max(spent_seconds, self.left_seconds)
        self.left_seconds -= spent_seconds
        return spent_seconds


class CodeVerifier:
    """Judges programs by running them."""

    name = "code"
    version = "1"

    def __init__(self, tools: Tools) -> None:
        """Open no sandbox yet."""
        self._tools = tools

    def verify(self, response: str, reference: Reference) -> Verdict:
        """Run all tests, one after the other."""
        read = _read_reference(reference)
        program = extract_program(after_thinking(response), reference.get("language", "python"))
        if program is None:
            return Verdict(status=Outcome.NO_ANSWER, reward=0.0)
        if len(program) > MAX_SOURCE_CHARS:
            return Verdict(status=Outcome.INCORRECT, reward=0.0, detail="the program is too long")
        try:
            source = program.encode("utf-8", "replace").decode()
            outcomes = _run_all(self._tools.sandbox(), replace(read, program=source))
        except SandboxError as error:
            raise GradingError(f"the sandbox failed: {error}") from error
        return _verdict(program, outcomes)

    def close(self) -> None:
        """Hold nothing: the sandbox belongs to who lent it."""


def extract_program(text: str, language: str = "python") -> str | None:
    """The program in a response, or None.

    Of another language than Python it is the last fenced block marked as that, else the last one.
    """
    blocks = [(mark.lower(), body) for mark, body in _BLOCK.findall(text) if body.strip()]
    names = _BLOCK_NAMES.get(language, {language})
    marked = [body for mark, body in blocks if mark in names]
    bodies = marked or [body for _, body in blocks]
    if bodies:
        return str(bodies[-1])
    if language != "python":
        return None
    return text if text and len(text) <= MAX_SOURCE_CHARS and _is_bare_program(text) else None


def _is_bare_program(text: str) -> bool:
    if _DEFINITION.search(text) is None:
        return False
    try:
        with warnings.catch_warnings():
            # What Python would warn of in somebody's program is no news to whoever grades it.
            warnings.simplefilter("ignore")
            statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    definitions = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return any(isinstance(statement, definitions) for statement in statements)


def _read_reference(reference: Reference) -> _Task:
    """The task, without its program."""
    language = reference.get("language", "python")
    if language not in LANGUAGES:
        raise BadReference(f"no language {language!r:.80}: have {', '.join(sorted(LANGUAGES))}")
    seconds = reference.get("total_seconds", DEFAULT_SECONDS)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= MAX_SECONDS:
        raise BadReference(f"'total_seconds' is a number in (0, {MAX_SECONDS:g}], not {seconds!r:.80}")
    isolation = reference.get("isolation", "process")
    if isolation not in ("process", "shared"):
        raise BadReference(f"'isolation' is 'process' or 'shared', not {isolation!r:.80}")
    checker = reference.get("checker")
    if not isinstance(checker, str | None):
        raise BadReference("'checker' is the Python source of a program")
    tests = parse_tests(reference)
    if language != "python" and any(_needs_python(test) for test in tests):
        raise BadReference(f"calls and assertions are for programs in Python, not in {language!r}")
    return _Task("", language, tests, float(seconds), isolation == "shared", checker)


def _needs_python(test: ProgramTest) -> bool:
    return test.assertion if isinstance(test, DialogueTest) else test.entry_point is not None


def _run_all(sandbox: Backend, task: _Task) -> list[_TestOutcome]:
    """Each test's outcome, in order: those of one kind by one program process, dialogues one by one."""
    outcomes: dict[int, _TestOutcome] = {}
    budget = _Budget(task.total_seconds)
    single: dict[str | None, list[tuple[int, OutputTest | CallTest]]] = {}
    for place, test in enumerate(task.tests):
        if isinstance(test, DialogueTest):
            outcomes[place] = _converse(sandbox, task, test, budget)
        else:
            single.setdefault(test.entry_point, []).append((place, test))
    for entry_point, tests in single.items():
        job = Job(source=task.program, language=task.language, entry_point=entry_point)
        found = _shared(sandbox, job, [test for _, test in tests], budget) if task.shared else None
        found = found or _each(sandbox, job, [test for _, test in tests], budget)
        outcomes.update(zip((place for place, _ in tests), found, strict=True))
    return [_checked(sandbox, task, place, outcomes[place]) for place in range(len(task.tests))]


def _each(
    sandbox: Backend, job: Job, tests: Sequence[OutputTest | CallTest], budget: _Budget
) -> list[_TestOutcome]:
    """A process for each test; what finds no time left is not run."""
    runs = itertools.takewhile(lambda _: budget.left_seconds > 0, tests)
    inputs = ((test.stdin(), budget.limits()) for test in runs)
    executions = sandbox.run_each(job, inputs) if len(tests) > 1 else _run_one(sandbox, job, inputs)
    outcomes = []
    with contextlib.closing(executions):
        for test, execution in zip(tests, executions, strict=False):
            spent_seconds = budget.charge(execution)
            if execution.ok:
                word = "passed" if test.passes(execution.stdout) else "wrong"
                outcomes.append(_TestOutcome(word, spent_seconds, stdout=execution.stdout))
            else:
                outcomes.append(_TestOutcome(execution.status, spent_seconds, _last_line(execution)))
    return [*outcomes, *[_TestOutcome("no_time_left", 0.0)] * (len(tests) - len(outcomes))]


def _run_one(
    sandbox: Backend, job: Job, inputs: Iterator[tuple[bytes, Limits]]
) -> Generator[Execution, None, None]:
    """The same for a single test, without a process that reads the program first."""
    for stdin, limits in inputs:
        yield sandbox.run(replace(job, stdin=stdin, limits=limits))


def _shared(
    sandbox: Backend, job: Job, tests: Sequence[OutputTest | CallTest], budget: _Budget
) -> list[_TestOutcome] | None:
    """All tests in one process, which counts only where every one passes."""
    job = replace(job, limits=budget.limits())
    executions = sandbox.run_shared(job, [test.stdin() for test in tests])
    if not executions or not all(
        test.passes(ran.stdout) for test, ran in zip(tests, executions, strict=True)
    ):
        return None
    return [
        _TestOutcome("passed", budget.charge(execution), stdout=execution.stdout) for execution in executions
    ]


def _converse(sandbox: Backend, task: _Task, test: DialogueTest, budget: _Budget) -> _TestOutcome:
    if budget.left_seconds <= 0:
        return _TestOutcome("no_time_left", 0.0)
    limits = budget.limits()
    judge = Job(source=test.judge, limits=replace(limits, cpu_seconds=limits.cpu_seconds + JUDGE_SECONDS))
    language = "python" if test.assertion else task.language
    program = Job(source=test.counterpart(task.program), language=language, limits=limits)
    judged, ended = sandbox.converse(judge, program)
    spent_seconds = budget.charge(ended)
    if judged.ok:
        return _TestOutcome("passed", spent_seconds)
    if ended.status in _TIME_LIMITS or ended.status in (Status.MEMORY_LIMIT, Status.COMPILE_ERROR):
        return _TestOutcome(ended.status, spent_seconds, _last_line(ended))
    return _TestOutcome("wrong", spent_seconds, _last_line(judged))


def _checked(sandbox: Backend, task: _Task, place: int, outcome: _TestOutcome) -> _TestOutcome:
    """Where the reference has a checker, its word in the place of the comparison's."""
    test = task.tests[place]
    if task.checker is None or not isinstance(test, OutputTest) or outcome.word not in ("passed", "wrong"):
        return outcome
    told = {
        "input": test.given,
        "output": outcome.stdout.decode("utf-8", "replace"),
        "expected": test.expected,
    }
    ended = sandbox.run(Job(source=task.checker, stdin=json.dumps(told).encode()))
    if ended.ok or ended.exit_code == CHECKER_SAYS_NO:
        return replace(outcome, word="passed" if ended.ok else "wrong")
    raise GradingError(f"the checker of test {place} failed: {ended.status}: {_last_line(ended)}")


def _last_line(execution: Execution) -> str:
    lines = execution.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""


def _verdict(program: str, outcomes: Sequence[_TestOutcome]) -> Verdict:
    passed = sum(outcome.word == "passed" for outcome in outcomes)
    detail: dict[str, object] = {
        "passed": passed,
        "total": len(outcomes),
        "tests": [str(outcome.word) for outcome in outcomes],
    }
    first_error = next((outcome.stderr for outcome in outcomes if outcome.stderr), None)
    if first_error:
        detail["first_error"] = first_error
    if passed == 0 and any(outcome.timed_out for outcome in outcomes):
        return Verdict(status=Outcome.TIMEOUT, reward=0.0, extracted=program, detail=detail)
    return share_verdict(passed / len(outcomes), extracted=program, detail=detail)
