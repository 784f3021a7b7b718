"""From what was seen of a program's end to its Execution."""

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sandbox.errors import SandboxError
from sandbox.execution import Execution, Layer, Status
from sandbox.job import Limits
from sandbox.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What a backend saw: why the program was ended, how it answered, and what it cost."""

    cause: str
    """`itself`, or the limit it was killed for: `wall`, `cpu`, `memory`; or `cancelled`."""
    wait_status: int
    """As `waitpid` gives it."""
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    memory_bytes: int = 0

    @classmethod
    def of(cls, words: Sequence[str]) -> Self:
        """From what a slot's guard says.

        Raises:
            SandboxError: it does not speak as it should.
        """
        try:
            cause, *numbers = words
            status, cpu_microseconds, wall_microseconds, peak, *_ = map(int, numbers)
        except ValueError:
            raise SandboxError(f"a slot told of a program's end by {' '.join(words)[:200]!r}") from None
        return cls(
            cause=cause,
            wait_status=status,
            cpu_seconds=cpu_microseconds / 1e6,
            wall_seconds=wall_microseconds / 1e6,
            memory_bytes=peak,
        )


@dataclass(frozen=True, slots=True)
class Capture:
    """One output stream, cut at its limit."""

    content: bytes
    cut: bool


def capture(descriptor: int, limit_bytes: int) -> Capture:
    """Read what was written to a file, from its start."""
    size = os.fstat(descriptor).st_size
    return Capture(os.pread(descriptor, limit_bytes, 0) if size else b"", size > limit_bytes)


def execution(
    ending: Ending,
    *,
    limits: Limits,
    language: Language,
    stdout: Capture,
    stderr: Capture,
    layers: frozenset[Layer],
) -> Execution:
    """Name the ending. Where several limits were passed, the first of output, memory, CPU, wall counts."""
    cut = stdout.cut or stderr.cut
    exit_code = os.waitstatus_to_exitcode(ending.wait_status)
    return Execution(
        status=Status.OUTPUT_LIMIT if cut else _status(ending, limits, language, stderr.content),
        exit_code=exit_code if exit_code >= 0 else None,
        stdout=stdout.content,
        stderr=stderr.content,
        wall_seconds=ending.wall_seconds,
        cpu_seconds=ending.cpu_seconds,
        memory_bytes=ending.memory_bytes,
        layers=layers,
    )


def _status(ending: Ending, limits: Limits, language: Language, stderr: bytes) -> Status:
    exit_code = os.waitstatus_to_exitcode(ending.wait_status)
    if ending.cause == "memory":
        return Status.MEMORY_LIMIT
    over = ending.cpu_seconds > limits.cpu_seconds or exit_code == -signal.SIGXCPU
    if ending.cause == "cpu" or over:
        return Status.CPU_TIME_LIMIT
    if ending.cause == "wall":
        return Status.WALL_TIME_LIMIT
    if exit_code == 0:
        return Status.OK
    said = language.failure(stderr)
    # A runtime that finds no memory ends by aborting itself.
    ran_out = exit_code == -signal.SIGABRT and said is Status.MEMORY_LIMIT
    return Status.SIGNAL if exit_code < 0 and not ran_out else said
