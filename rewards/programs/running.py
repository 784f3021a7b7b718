"""Putting a program through its tests, in the sandbox, within one time for all of them."""

import contextlib
import itertools
import secrets
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rewards.errors import GradingError
from rewards.programs.forms import CallTest, DialogueTest, OutputTest
from rewards.programs.task import Task
from sandbox.backend import Backend
from sandbox.execution import Execution, Status
from sandbox.job import Job, Limits

WALL_FACTOR: Final = 3.0
"""Wall seconds for each second of CPU time: sleeping is bounded, a busy machine is no fault."""
LEAST_WALL_SECONDS: Final = 10.0
STARTUP_SECONDS: Final = 0.1
"""CPU time that each test gets on top and is not charged: starting Python is no work of the program's."""
WAITING_SECONDS: Final = 0.5
"""The same in wall time: a test waits for its turn on a busy machine."""
JUDGE_SECONDS: Final = 5.0
"""CPU time of a judge of ours, on top of its program's."""
CHECKING_SECONDS: Final = 60.0
CHECK_SECONDS: Final = 0.5
"""Wall time for all checks of one program: the one, or the other for each test where that is more."""
NO_TIME_LEFT: Final = "no_time_left"
_TIME_LIMITS: Final = frozenset({Status.CPU_TIME_LIMIT, Status.WALL_TIME_LIMIT})
_OWN_WORDS: Final = frozenset({*_TIME_LIMITS, Status.MEMORY_LIMIT, Status.COMPILE_ERROR})
"""Endings of a program in a dialogue that say more than that its judge was not content."""

_Single = OutputTest | CallTest


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What one test showed."""

    __test__ = False  # no class of pytest's

    word: str
    """`passed`, `wrong`, `no_time_left`, or the status of the execution that went wrong."""
    stderr: str = ""
    """The last line of it."""
    stdout: bytes = b""

    @property
    def overrun(self) -> str:
        """`time` or `memory` where the program passed that limit, else empty."""
        if self.word == Status.MEMORY_LIMIT:
            return "memory"
        return "time" if self.word == NO_TIME_LEFT or self.word in _TIME_LIMITS else ""


class _Budget:
    """Time over all tests together."""

    def __init__(self, task: Task) -> None:
        self._left_seconds = task.total_seconds
        self._left_wall_seconds = max(LEAST_WALL_SECONDS, WALL_FACTOR * task.total_seconds)
        self._test_seconds = task.test_seconds
        self._memory_bytes = task.memory_bytes

    @property
    def spent(self) -> bool:
        """Whether nothing is left."""
        return self._left_seconds <= 0 or self._left_wall_seconds <= 0

    def limits(self) -> Limits:
        """What the next test may use."""
        seconds = min(max(self._left_seconds, 0.0), self._test_seconds) + STARTUP_SECONDS
        return Limits(
            cpu_seconds=seconds,
            wall_seconds=max(self._left_wall_seconds, 0.0) + WAITING_SECONDS,
            memory_bytes=self._memory_bytes,
        )

    def charge(self, execution: Execution) -> None:
        """Take what a test used; all that is left, where that was its limit."""
        spent_seconds = max(0.0, execution.cpu_seconds - STARTUP_SECONDS)
        if execution.status is Status.CPU_TIME_LIMIT and self._left_seconds <= self._test_seconds:
            spent_seconds = self._left_seconds
        self._left_seconds -= spent_seconds
        if execution.status is Status.WALL_TIME_LIMIT:
            self._left_wall_seconds = 0.0
        self._left_wall_seconds -= max(0.0, execution.wall_seconds - WAITING_SECONDS)


def run_all(sandbox: Backend, task: Task, program: str) -> list[TestOutcome]:
    """Each test's outcome, in order: those of one kind by one program process, dialogues one by one.

    Raises:
        GradingError: the checker is broken.
        SandboxError: the sandbox failed.
    """
    outcomes: dict[int, TestOutcome] = {}
    budget = _Budget(task)
    single: dict[tuple[str | None, str], list[tuple[int, _Single]]] = {}
    for place, test in enumerate(task.tests):
        if isinstance(test, DialogueTest):
            outcomes[place] = _converse(sandbox, task, program, test, budget)
        else:
            single.setdefault((test.entry_point, test.driver), []).append((place, test))
    for (entry_point, driver), placed in single.items():
        source = f"{program}\n\n{driver}" if driver else program
        job = Job(source=source, language=task.language, entry_point=entry_point)
        tests = [test for _, test in placed]
        found = _shared(sandbox, job, tests, budget) if task.shared else None
        found = found or _each(sandbox, job, tests, budget)
        outcomes.update(zip((place for place, _ in placed), found, strict=True))
    deadline = time.monotonic() + max(CHECKING_SECONDS, CHECK_SECONDS * len(task.tests))
    return [_checked(sandbox, task, place, outcomes[place], deadline) for place in range(len(task.tests))]


def _each(sandbox: Backend, job: Job, tests: Sequence[_Single], budget: _Budget) -> list[TestOutcome]:
    """A process for each test; what finds no time left is not run."""
    marks = [secrets.token_hex(8) for _ in tests]
    runs = itertools.takewhile(lambda _: not budget.spent, zip(tests, marks, strict=True))
    inputs = ((test.stdin(mark), budget.limits()) for test, mark in runs)
    executions = sandbox.run_each(job, inputs) if len(tests) > 1 else _run_one(sandbox, job, inputs)
    outcomes = []
    with contextlib.closing(executions):
        for test, mark, execution in zip(tests, marks, executions, strict=False):
            budget.charge(execution)
            if execution.ok:
                word = "passed" if test.passes(execution.stdout, mark) else "wrong"
                outcomes.append(TestOutcome(word, stdout=execution.stdout))
            else:
                outcomes.append(TestOutcome(execution.status, _last_line(execution)))
    return [*outcomes, *[TestOutcome(NO_TIME_LEFT)] * (len(tests) - len(outcomes))]


def _run_one(
    sandbox: Backend, job: Job, inputs: Iterator[tuple[bytes, Limits]]
) -> Generator[Execution, None, None]:
    """The same for a single test, without a process that reads the program first."""
    for stdin, limits in inputs:
        yield sandbox.run(replace(job, stdin=stdin, limits=limits))


def _shared(
    sandbox: Backend, job: Job, tests: Sequence[_Single], budget: _Budget
) -> list[TestOutcome] | None:
    """All tests in one process, which counts only where every one passes."""
    job = replace(job, limits=budget.limits())
    marks = [secrets.token_hex(8) for _ in tests]
    executions = sandbox.run_shared(job, [test.stdin(mark) for test, mark in zip(tests, marks, strict=True)])
    if not executions or not all(
        test.passes(ran.stdout, mark) for test, mark, ran in zip(tests, marks, executions, strict=True)
    ):
        return None
    for execution in executions:
        budget.charge(execution)
    return [TestOutcome("passed", stdout=execution.stdout) for execution in executions]


def _converse(sandbox: Backend, task: Task, program: str, test: DialogueTest, budget: _Budget) -> TestOutcome:
    if budget.spent:
        return TestOutcome(NO_TIME_LEFT)
    limits = budget.limits()
    judge = Job(source=test.judge, limits=replace(limits, cpu_seconds=limits.cpu_seconds + JUDGE_SECONDS))
    language = "python" if test.assertion else task.language
    judged, ended = sandbox.converse(
        judge, Job(source=test.counterpart(program), language=language, limits=limits)
    )
    budget.charge(ended)
    if judged.ok:
        return TestOutcome("passed")
    if ended.status in _OWN_WORDS:
        return TestOutcome(ended.status, _last_line(ended))
    return TestOutcome("wrong", _last_line(judged) or _last_line(ended))


def _checked(sandbox: Backend, task: Task, place: int, outcome: TestOutcome, deadline: float) -> TestOutcome:
    """Where the reference has a checker, its word in the place of the comparison's."""
    test = task.tests[place]
    if task.checker is None or not isinstance(test, OutputTest) or outcome.word not in ("passed", "wrong"):
        return outcome
    if time.monotonic() > deadline:
        raise GradingError(f"the checker of test {place} has no time left after those before it")
    output = outcome.stdout.decode("utf-8", "replace")
    try:
        right = task.checker.accepts(sandbox, test.given, output, test.expected)
    except GradingError as error:
        raise GradingError(f"the checker of test {place} failed: {error}") from error
    return replace(outcome, word="passed" if right else "wrong")


def _last_line(execution: Execution) -> str:
    lines = execution.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""
