"""The fake backend: answers jobs from a script and runs nothing."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace

from sandbox.errors import SandboxError
from sandbox.execution import Execution, Layer, Status
from sandbox.job import Job, Limits

Answer = Callable[[Job], Execution]


def scripted_execution(status: Status = Status.OK, *, stdout: bytes = b"", stderr: bytes = b"") -> Execution:
    """An Execution that cost nothing, with the exit code that goes with its status."""
    codes = {Status.OK: 0, Status.NONZERO_EXIT: 1, Status.COMPILE_ERROR: 1}
    return Execution(
        status=status,
        exit_code=codes.get(status),
        stdout=stdout,
        stderr=stderr,
        wall_seconds=0.0,
        cpu_seconds=0.0,
        memory_bytes=0,
    )


class ScriptedBackend:
    """Answers each job by `answer`, or before that by what was queued; OK and silent at first.

    `jobs` keeps every job in the order of arrival.
    """

    name = "scripted"
    layers: frozenset[Layer] = frozenset()

    def __init__(self) -> None:
        self.answer: Answer = lambda _: scripted_execution()
        self.jobs: list[Job] = []
        self._queued: deque[Execution | SandboxError] = deque()
        self._lock = threading.Lock()

    def queue(self, answers: Iterable[Execution | SandboxError]) -> None:
        """Give these answers first, one a job; an error among them is raised in its turn."""
        with self._lock:
            self._queued.extend(answers)

    def run(self, job: Job) -> Execution:
        """Answer from the queue, or by `answer` where it is empty.

        Raises:
            SandboxError: as queued.
        """
        with self._lock:
            self.jobs.append(job)
            queued = self._queued.popleft() if self._queued else None
        if isinstance(queued, SandboxError):
            raise queued
        return queued if queued is not None else self.answer(job)

    def run_each(self, job: Job, runs: Iterable[tuple[bytes, Limits]]) -> Generator[Execution, None, None]:
        """Answer a job for each run."""
        for stdin, limits in runs:
            yield self.run(replace(job, stdin=stdin, limits=limits))

    def run_shared(self, job: Job, stdins: Sequence[bytes]) -> list[Execution] | None:
        """Never: so that each answer is asked for."""
        return None

    def converse(self, judge: Job, program: Job) -> tuple[Execution, Execution]:
        """Answer both."""
        return self.run(judge), self.run(program)

    def close(self) -> None:
        """Nothing is held."""
