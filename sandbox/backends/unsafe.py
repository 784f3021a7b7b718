"""Running without isolation, for programs that are trusted: limits on time and resources only.

A program can read and write whatever its user can, use the network, and outlive its run by leaving
its process group. Never chosen by `auto`; a recipe or a command has to say `unsafe`.
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
from pathlib import Path
from typing import Final

from sandbox.ending import Ending, capture, execution
from sandbox.errors import SandboxError
from sandbox.execution import Execution, Layer
from sandbox.job import Job
from sandbox.language import language_named, program_files

_STREAMS: Final = ("stdin", "stdout", "stderr")


class UnsafeBackend:
    """Runs each job as a plain child in a temporary folder; its process group is killed at the end."""

    name = "unsafe"
    layers = frozenset({Layer.RLIMITS})

    def run(self, job: Job) -> Execution:
        """Run one program to its end.

        Raises:
            SandboxError: it could not be started.
        """
        language = language_named(job.language)
        files = program_files(language, job.source, dict(job.files))
        try:
            with tempfile.TemporaryDirectory(prefix="unsafe-") as folder, contextlib.ExitStack() as stack:
                for name, content in files.items():
                    Path(folder, name).write_bytes(content)
                streams = [stack.enter_context(tempfile.TemporaryFile()) for _ in _STREAMS]
                stdin, stdout, stderr = (stream.fileno() for stream in streams)
                streams[0].write(job.stdin)
                streams[0].seek(0)
                command = language.command(str(Path(folder, language.file_name)))
                ending = _run(command, folder, (stdin, stdout, stderr), job)
                return execution(
                    ending,
                    limits=job.limits,
                    language=language,
                    stdout=capture(stdout, job.limits.output_bytes),
                    stderr=capture(stderr, job.limits.output_bytes),
                    layers=self.layers,
                )
        except OSError as error:
            raise SandboxError(f"a program could not be run: {error}") from error

    def close(self) -> None:
        """Nothing outlives a run; this is for the port."""


def _run(command: tuple[str, ...], folder: str, streams: tuple[int, int, int], job: Job) -> Ending:
    started = time.monotonic()
    stdin, stdout, stderr = streams
    process = subprocess.Popen(
        command, stdin=stdin, stdout=stdout, stderr=stderr, cwd=folder, env={}, start_new_session=True
    )
    try:
        _limit(process.pid, job)
        in_time = _ends_within(process.pid, job.limits.wall_seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        _, status, spent = os.wait4(process.pid, 0)
        process.returncode = status
        _await_group_end(process.pid)
    return Ending(
        cause="itself" if in_time else "wall",
        wait_status=status,
        cpu_seconds=spent.ru_utime + spent.ru_stime,
        wall_seconds=time.monotonic() - started,
        memory_bytes=spent.ru_maxrss * 1024,
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
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, max(limits.file_bytes, limits.output_bytes + 1)),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ]
    for limit, value in wanted:
        hard = resource.prlimit(pid, limit)[1]
        bounded = min(value, sys.maxsize if hard == resource.RLIM_INFINITY else hard)
        # A second on top lets the kernel say SIGXCPU before it kills.
        resource.prlimit(pid, limit, (bounded, min(bounded + 1, hard) if hard >= 0 else bounded + 1))
