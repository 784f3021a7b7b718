"""Running without isolation, for programs that are trusted: limits on time and resources only.

A program can read and write whatever its user can, use the network, and outlive its run by leaving
its process group. Never chosen by `auto`; a recipe or a command has to say `unsafe`. Compiles nothing.
"""

import contextlib
import math
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import sandbox
from sandbox.ending import Capture, Ending, capture, execution
from sandbox.errors import SandboxError
from sandbox.execution import Execution, Layer
from sandbox.job import Job, Limits
from sandbox.language import checked_files, interpreter, language_named
from sandbox.memory_file import fill, memory_file
from sandbox.orders import bounded, filled

_CALL: Final = (
    "import sys; sys.path[:0] = [sys.argv[1]]; from sandbox.inside import call; "
    "call.answer(compile(open('main.py', 'rb').read(), 'main.py', 'exec'), sys.argv[2])"
)


class UnsafeBackend:
    """Runs each job as a plain child in a temporary folder; its process group is killed at the end."""

    name = "unsafe"
    layers = frozenset({Layer.RLIMITS})

    def run(self, job: Job) -> Execution:
        """Run one program to its end.

        Raises:
            SandboxError: it could not be started, or its language has to be compiled.
        """
        with _as_ours(), contextlib.ExitStack() as stack:
            stdin, stdout, stderr = (stack.enter_context(memory_file(name)) for name in _STREAMS)
            fill(stdin, job.stdin)
            child = stack.enter_context(_Child(job, (stdin, stdout, stderr)))
            return _told(job, child.ending(), stdout, stderr)

    def run_each(self, job: Job, runs: Iterable[tuple[bytes, Limits]]) -> Generator[Execution, None, None]:
        """Run one program for each input; nothing is saved by it here."""
        for stdin, limits in runs:
            yield self.run(replace(job, stdin=stdin, limits=limits))

    def run_shared(self, job: Job, stdins: Sequence[bytes]) -> list[Execution] | None:
        """Never, here."""
        return None

    def converse(self, judge: Job, program: Job) -> tuple[Execution, Execution]:
        """Run two programs that talk to each other.

        Raises:
            SandboxError: as for `run`.
        """
        with _as_ours(), contextlib.ExitStack() as stack:
            errors = [stack.enter_context(memory_file("stderr")) for _ in range(2)]
            with contextlib.ExitStack() as pipes:
                ends = [os.pipe(), os.pipe()]
                for end in (*ends[0], *ends[1]):
                    pipes.callback(os.close, end)
                judging = stack.enter_context(_Child(judge, (ends[0][0], ends[1][1], errors[0])))
                running = stack.enter_context(_Child(program, (ends[1][0], ends[0][1], errors[1])))
            judged = _told(judge, judging.ending(), None, errors[0])
            return judged, _told(program, running.ending(), None, errors[1])

    def close(self) -> None:
        """Nothing outlives a run; this is for the port."""


_STREAMS: Final = ("stdin", "stdout", "stderr")


class _Child:
    """One program on its way; at the end of its `with` block its process group is dead."""

    def __init__(self, job: Job, streams: tuple[int, int, int]) -> None:
        self._job = job
        self._folder = tempfile.TemporaryDirectory(prefix="unsafe-")
        try:
            command = _laid(job, Path(self._folder.name))
            self._started = time.monotonic()
            stdin, stdout, stderr = streams
            self._process = subprocess.Popen(
                command, stdin=stdin, stdout=stdout, stderr=stderr, cwd=self._folder.name, env={},
                start_new_session=True,
            )  # fmt: skip
        except BaseException:
            self._folder.cleanup()
            raise
        _limit(self._process.pid, job)

    def __enter__(self) -> "_Child":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.returncode is None:
            self._reaped()
        self._folder.cleanup()

    def ending(self) -> Ending:
        """Wait for its end, and end what it left."""
        in_time = _ends_within(self._process.pid, self._job.limits.wall_seconds)
        status, spent = self._reaped()
        return Ending(
            cause="itself" if in_time else "wall",
            wait_status=status,
            cpu_seconds=spent.ru_utime + spent.ru_stime,
            wall_seconds=time.monotonic() - self._started,
            memory_bytes=spent.ru_maxrss * 1024,
        )

    def _reaped(self) -> tuple[int, resource.struct_rusage]:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        _, status, spent = os.wait4(self._process.pid, 0)
        self._process.returncode = status
        _await_group_end(self._process.pid)
        return status, spent


def _laid(job: Job, folder: Path) -> tuple[str, ...]:
    """Write the program and its files, and give the words that start it."""
    language = language_named(job.language)
    if language.compiler:
        raise SandboxError(f"backend 'unsafe' compiles nothing: run {language.name!r} in another")
    file_name = language.file_name(job.source)
    for name, content in checked_files(file_name, job.files).items():
        (folder / name).write_bytes(content)
    (folder / file_name).write_bytes(job.source_bytes)
    if language.command:
        return tuple(
            word.replace("/box", str(folder))
            for word in bounded(filled(language.command, file_name), job.limits)
        )
    python = (interpreter(), "-E", "-s", "-B", "-X", "utf8")
    if job.entry_point is None:
        return (*python, str(folder / file_name))
    return (*python, "-c", _CALL, str(Path(sandbox.__path__[0]).parent), job.entry_point)


def _told(job: Job, ending: Ending, stdout: int | None, stderr: int) -> Execution:
    most = job.limits.output_bytes
    return execution(
        ending,
        limits=job.limits,
        language=language_named(job.language),
        stdout=Capture(b"", cut=False) if stdout is None else capture(stdout, most),
        stderr=capture(stderr, most),
        layers=UnsafeBackend.layers,
    )


def _await_group_end(group: int) -> None:
    """Give the killed rest of a group up to a second to be gone, before its output is read."""
    for _ in range(200):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.005)


def _ends_within(pid: int, seconds: float) -> bool:
    descriptor = os.pidfd_open(pid)
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


def _limit(pid: int, job: Job) -> None:
    """Lay the limits on a process that has just been started; its interpreter is still loading."""
    limits = job.limits
    wanted = [
        (resource.RLIMIT_CPU, math.ceil(limits.cpu_seconds)),
        (resource.RLIMIT_FSIZE, max(limits.file_bytes, limits.output_bytes + 1)),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ]
    if not language_named(job.language).reserves_memory:
        wanted.append((resource.RLIMIT_AS, limits.memory_bytes))
    for limit, value in wanted:
        hard = resource.prlimit(pid, limit)[1]
        bounded = min(value, sys.maxsize if hard == resource.RLIM_INFINITY else hard)
        # A second on top lets the kernel say SIGXCPU before it kills.
        resource.prlimit(pid, limit, (bounded, min(bounded + 1, hard) if hard >= 0 else bounded + 1))


@contextlib.contextmanager
def _as_ours() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SandboxError(f"a program could not be run: {error}") from error
