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
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rewards.errors import BadReference, GradingError
from rewards.extraction import after_thinking
from rewards.problem import Reference
from rewards.program_tests import ProgramTest, parse_tests
from rewards.verdict import Outcome, Verdict, share_verdict
from rewards.verifier import Tools
from sandbox.backend import Backend
from sandbox.errors import SandboxError
from sandbox.execution import Execution, Status
from sandbox.job import Job, Limits

DEFAULT_SECONDS: Final = 5.0
MAX_SECONDS: Final = 600.0
MAX_SOURCE_CHARS: Final = 200_000
WALL_FACTOR: Final = 3.0
"""Wall seconds for each second of CPU time: sleeping is bounded, a busy machine is no fault."""
STARTUP_SECONDS: Final = 0.1
"""What each test gets on top and is not charged: starting Python is no work of the program's."""

_DRIVER: Final = (Path(__file__).parents[1] / "tasks" / "call_driver.py").read_text(encoding="utf-8")
_BLOCK: Final = re.compile(r"```[ \t]{0,20}([\w+-]{0,20})[^\n]{0,200}\n(.*?)(?:```|\Z)", re.DOTALL)
_DEFINITION: Final = re.compile(r"^[ \t]{0,20}(?:def|class|async|import|from)\b", re.MULTILINE)
_PYTHON_NAMES: Final = frozenset({"python", "python3", "py"})
_TIME_LIMITS: Final = frozenset({Status.CPU_TIME_LIMIT, Status.WALL_TIME_LIMIT})


@dataclass(frozen=True, slots=True)
class _TestOutcome:
    word: str
    """`passed`, `wrong`, `no_time_left`, or the status of the execution that went wrong."""
    spent_seconds: float
    stderr: str = ""

    @property
    def timed_out(self) -> bool:
        return self.word == "no_time_left" or self.word in _TIME_LIMITS


class CodeVerifier:
    """Judges programs by running them."""

    name = "code"
    version = "1"

    def __init__(self, tools: Tools) -> None:
        """Open no sandbox yet."""
        self._tools = tools

    def verify(self, response: str, reference: Reference) -> Verdict:
        """Run all tests, one after the other."""
        tests, total_seconds = _read_reference(reference)
        program = extract_program(after_thinking(response))
        if program is None:
            return Verdict(status=Outcome.NO_ANSWER, reward=0.0)
        if len(program) > MAX_SOURCE_CHARS:
            return Verdict(status=Outcome.INCORRECT, reward=0.0, detail="the program is too long")
        try:
            outcomes = _run_all(self._tools.sandbox(), program, tests, total_seconds)
        except SandboxError as error:
            raise GradingError(f"the sandbox failed: {error}") from error
        return _verdict(program, outcomes)

    def close(self) -> None:
        """Hold nothing: the sandbox belongs to who lent it."""


def extract_program(text: str) -> str | None:
    """The program in a response, or None."""
    blocks = [(language.lower(), body) for language, body in _BLOCK.findall(text) if body.strip()]
    marked = [body for language, body in blocks if language in _PYTHON_NAMES]
    bodies = marked or [body for _, body in blocks]
    if bodies:
        return str(bodies[-1])
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


def _read_reference(reference: Reference) -> tuple[list[ProgramTest], float]:
    if reference.get("language", "python") != "python":
        raise BadReference(f"no language {reference['language']!r}: have python")
    seconds = reference.get("total_seconds", DEFAULT_SECONDS)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds <= MAX_SECONDS:
        raise BadReference(f"'total_seconds' is a number in (0, {MAX_SECONDS:g}], not {seconds!r:.80}")
    return parse_tests(reference), float(seconds)


def _run_all(
    sandbox: Backend, program: str, tests: Sequence[ProgramTest], total_seconds: float
) -> list[_TestOutcome]:
    outcomes: list[_TestOutcome] = []
    left_seconds = total_seconds
    for test in tests:
        outcome = (
            _run_one(sandbox, program, test, left_seconds)
            if left_seconds > 0
            else _TestOutcome("no_time_left", 0.0)
        )
        outcomes.append(outcome)
        left_seconds -= outcome.spent_seconds
    return outcomes


def _run_one(sandbox: Backend, program: str, test: ProgramTest, left_seconds: float) -> _TestOutcome:
    limit_seconds = left_seconds + STARTUP_SECONDS
    limits = Limits(cpu_seconds=limit_seconds, wall_seconds=WALL_FACTOR * limit_seconds)
    source_bytes = program.encode("utf-8", "replace")
    job = (
        Job(source=_DRIVER, files={"solution.py": source_bytes}, stdin=test.stdin(), limits=limits)
        if test.in_driver
        else Job(source=source_bytes.decode(), stdin=test.stdin(), limits=limits)
    )
    execution = sandbox.run(job)
    used_seconds = max(execution.cpu_seconds, execution.wall_seconds / WALL_FACTOR)
    spent_seconds = max(0.0, used_seconds - STARTUP_SECONDS)
    if not execution.ok:
        return _TestOutcome(execution.status, spent_seconds, _last_line(execution))
    return _TestOutcome("passed" if test.passes(execution.stdout) else "wrong", spent_seconds)


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
