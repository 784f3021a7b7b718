"""What tests expect that only the reference's own `solution` can say: it is run in the sandbox, once."""

import secrets
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from rewards.errors import GradingError
from rewards.programs.forms import CallTest, ProgramTest, read_yielded
from sandbox.backend import Backend
from sandbox.inside.call import decode, encode
from sandbox.job import Job, Limits

MAX_KEPT: Final = 1024
"""Solutions whose values are kept: a group of answers is judged by one reference."""
SOLUTION_SECONDS: Final = 10.0
"""CPU time of a solution on each test."""


class Oracle:
    """Completes tests, and remembers by which values."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], list[Any]] = {}
        self._lock = threading.Lock()

    def completed(self, sandbox: Backend, tests: Sequence[ProgramTest], solution: str) -> list[ProgramTest]:
        """The tests, with values in those calls that expect none yet.

        Raises:
            GradingError: the solution fails where it should say what is right.
            SandboxError: the sandbox failed.
        """
        open_calls = [test for test in tests if isinstance(test, CallTest) and not test.expected]
        if not open_calls:
            return list(tests)
        key = solution, encode([[test.entry_point, test.arguments] for test in open_calls])
        values = self._kept.get(key)
        if values is None:
            values = _values(sandbox, open_calls, solution)
            with self._lock:
                if len(self._kept) >= MAX_KEPT:
                    self._kept.clear()
                self._kept[key] = values
        given = iter(values)
        return [
            replace(test, expected=(next(given),))
            if isinstance(test, CallTest) and not test.expected
            else test
            for test in tests
        ]


def _values(sandbox: Backend, tests: Sequence[CallTest], solution: str) -> list[Any]:
    values = []
    limits = Limits(cpu_seconds=SOLUTION_SECONDS, wall_seconds=3 * SOLUTION_SECONDS)
    mark = secrets.token_hex(8)
    for test in tests:
        job = Job(
            source=f"{solution}\n\n{test.driver}",
            stdin=test.stdin(mark),
            entry_point=test.entry_point,
            limits=limits,
        )
        ended = sandbox.run(job)
        if not ended.ok:
            raise GradingError(
                f"the reference's own solution fails on {test.arguments!r:.80}: {ended.status}"
            )
        try:
            values.append(decode(ended.stdout.partition(b"\n")[2], read_yielded))
        except ValueError as error:
            raise GradingError(f"the reference's own solution returns no value: {error}") from error
    return values
