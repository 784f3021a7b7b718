"""The embedded backend: each program in a fresh process under namespaces, limits and a filter.

Pure Python over system calls: no compiler, no package, no daemon, and no root where ordinary users
may make user namespaces. Needs Linux 5.12 on x86-64 or arm64. Does not protect from bugs of the
kernel itself, nor from programs that measure each other's load.
"""

import contextlib
import marshal
import math
import os
import resource
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import sandbox
from sandbox.cgroup import MemoryCgroup, MemoryCgroups
from sandbox.ending import Ending, capture, execution
from sandbox.errors import SandboxError, SandboxUnavailable
from sandbox.execution import Execution, Layer
from sandbox.identity import is_root, write_id_maps
from sandbox.inside.launcher import BOX_USER, NO_DESCRIPTOR
from sandbox.inside.tree import BOX
from sandbox.job import MIB, Job
from sandbox.language import Language, interpreter, language_named, program_files
from sandbox.obstacles import namespace_obstacles
from sandbox.refusals import program_filter

_SETUP_SECONDS: Final = 30.0
"""Within this a launcher has made its namespaces, on the most loaded of machines."""

_GRACE_SECONDS: Final = 5.0
"""How long after the wall limit the guard inside may take to say so."""

_TICK_SECONDS: Final = 0.1

_INTERPRETER_BYTES: Final = 32 * MIB
"""Address space that mapping the interpreter and its libraries takes, granted on top."""

_BOOT: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from sandbox.inside.launcher import main; "
    "main(*map(int, sys.argv[2:]))"
)


class NamespaceBackend:
    """Runs each job in namespaces of its own; safe to share among threads.

    `layers` has `CGROUP` where a memory cgroup could be made; elsewhere the memory of a program's
    processes together is watched 20 times a second instead.
    """

    name = "namespaces"

    def __init__(self) -> None:
        """Run one trivial program the whole way, to be sure.

        Raises:
            SandboxUnavailable: that failed; the message says at what, and what to do.
        """
        self._filter = program_filter()
        self._cgroups: MemoryCgroups | None = None
        held = {Layer.NAMESPACES, Layer.SECCOMP, Layer.RLIMITS}
        with contextlib.suppress(SandboxUnavailable):
            self._cgroups = MemoryCgroups.found()
            held.add(Layer.CGROUP)
        self.layers = frozenset(held)
        self._prove()

    def run(self, job: Job) -> Execution:
        """Run one program to its end.

        Raises:
            SandboxError: the sandbox failed, or the job asks for what is not there.
        """
        language = language_named(job.language)
        files = program_files(language, job.source, dict(job.files))
        try:
            with contextlib.ExitStack() as stack:
                return self._run(job, language, files, stack)
        except OSError as error:
            raise SandboxError(f"the sandbox failed around a program: {error}") from error

    def close(self) -> None:
        """Nothing outlives a run; this is for the port."""

    def _run(
        self, job: Job, language: Language, files: dict[str, bytes], stack: contextlib.ExitStack
    ) -> Execution:
        stdin, stdout, stderr = (stack.enter_context(_memory_file(name)) for name in _STREAMS)
        _fill(stdin, job.stdin)
        cgroup = None
        if self._cgroups:
            cgroup = stack.enter_context(self._cgroups.limited(job.limits.memory_bytes))
        plan = stack.enter_context(_memory_file("plan"))
        _fill(plan, marshal.dumps(self._plan(job, language, files)))
        with _launched((stdin, stdout, stderr), plan, cgroup) as (control, process):
            _set_going(control, process.pid, stderr)
            words = _follow(control, stderr, cgroup, job.limits.wall_seconds)
        ending = _ending(words, cgroup)
        return execution(
            ending,
            limits=job.limits,
            language=language,
            stdout=capture(stdout, job.limits.output_bytes),
            stderr=capture(stderr, job.limits.output_bytes),
            layers=self.layers,
        )

    def _plan(self, job: Job, language: Language, files: dict[str, bytes]) -> dict[str, object]:
        limits = job.limits
        laid_bytes = sum(len(content) + 8192 for content in files.values())
        return {
            "sources": ["/usr", "/etc/ld.so.cache", "/etc/alternatives", *_outside_usr(language.sources)],
            "masked": list(language.masked),
            "scratch_bytes": limits.file_bytes + laid_bytes,
            "scratch_files": 1024 + len(files),
            "drop_groups": is_root(),
            "files": files,
            "filter": self._filter,
            "rlimits": _rlimits(job),
            "command": list(language.command(f"{BOX}/{language.file_name}")),
            "bounds": {
                "wall_seconds": limits.wall_seconds,
                "cpu_seconds": limits.cpu_seconds,
                "memory_bytes": 0 if self._cgroups else limits.memory_bytes,
            },
        }

    def _prove(self) -> None:
        try:
            ended = self.run(Job(source="print(6 * 7)"))
        except SandboxUnavailable:
            raise
        except SandboxError as error:
            advice = "; ".join(namespace_obstacles()) or "`harness doctor` shows which layers can be had"
            raise SandboxUnavailable(f"namespaces do not work here: {error}. What to do: {advice}") from error
        if ended.stdout != b"42\n":
            raise SandboxUnavailable(
                f"a trivial program fails in the sandbox: {ended.status}, exit code {ended.exit_code}: "
                f"{ended.stderr[-400:].decode(errors='replace').strip()}"
            )


_STREAMS: Final = ("stdin", "stdout", "stderr")


@contextlib.contextmanager
def _memory_file(name: str) -> Iterator[int]:
    descriptor = os.memfd_create(name)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _fill(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)


@contextlib.contextmanager
def _launched(
    streams: tuple[int, int, int], plan: int, cgroup: MemoryCgroup | None
) -> Iterator[tuple[socket.socket, "subprocess.Popen[bytes]"]]:
    """Start a launcher; at the end of the block nothing that it started is alive."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours:
        with theirs:
            handed = [theirs.fileno(), plan, *([cgroup.procs] if cgroup else [])]
            numbers = [*handed, NO_DESCRIPTOR][:3]
            root = str(Path(sandbox.__path__[0]).parent)
            process = subprocess.Popen(
                [interpreter(), "-I", "-S", "-c", _BOOT, root, *map(str, numbers)],
                stdin=streams[0],
                stdout=streams[1],
                stderr=streams[2],
                pass_fds=handed,
                env={},
                cwd="/",
                start_new_session=True,
            )
        try:
            yield ours, process
        finally:
            ours.close()  # which the launcher takes as the order to end everything
            try:
                process.wait(_SETUP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _set_going(control: socket.socket, pid: int, stderr: int) -> None:
    """Lead the launcher to the program's start.

    Raises:
        SandboxError: it failed on our side.
    """
    control.settimeout(_SETUP_SECONDS)
    _expect(control, "unshared", stderr)
    write_id_maps(pid, BOX_USER)
    control.send(b"go")
    _expect(control, "started", stderr)


def _follow(
    control: socket.socket, stderr: int, cgroup: MemoryCgroup | None, wall_seconds: float
) -> list[str]:
    """Wait for the words of the program's end; once a part of it had to die for memory, end it all.

    Raises:
        SandboxError: the guard does not answer.
    """
    deadline = time.monotonic() + wall_seconds + _GRACE_SECONDS
    told = False
    while not (readable := select.select([control], [], [], _TICK_SECONDS)[0]):
        if time.monotonic() > deadline:
            raise SandboxError(f"the guard of a program has been silent for {_GRACE_SECONDS} s too long")
        if cgroup and not told and cgroup.killed_for_memory():
            # The guard may have ended by itself in this very moment.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                control.send(b"memory")
            told = True
    return _expect(readable[0], "ended", stderr)


def _expect(control: socket.socket, word: str, stderr: int) -> list[str]:
    try:
        text = _received(control).decode("utf-8", "replace")
    except TimeoutError:
        raise SandboxError(f"the sandbox did not come to {word!r} in {_SETUP_SECONDS} s") from None
    if not text:
        said = os.pread(stderr, 400, 0).decode("utf-8", "replace").strip()
        raise SandboxError(f"the sandbox's launcher died before {word!r}" + (f": {said}" if said else ""))
    first, *rest = text.split(" ")
    if first != word:
        raise SandboxError(text)
    return rest


def _received(control: socket.socket) -> bytes:
    try:
        return control.recv(4096)
    except ConnectionResetError:
        # Told once where the other side went with our last word unread; what it had said still waits.
        return control.recv(4096)


def _ending(words: list[str], cgroup: MemoryCgroup | None) -> Ending:
    cause, wait_status, cpu_microseconds, wall_microseconds, peak_kib = words
    return Ending(
        cause=cause,
        wait_status=int(wait_status),
        cpu_seconds=int(cpu_microseconds) / 1e6,
        wall_seconds=int(wall_microseconds) / 1e6,
        memory_bytes=max(int(peak_kib) * 1024, cgroup.peak_bytes() if cgroup else 0),
        out_of_memory=cgroup is not None and cgroup.killed_for_memory(),
    )


def _rlimits(job: Job) -> list[tuple[int, int]]:
    limits = job.limits
    # The launcher and the guard are the same user's processes, and count.
    wanted = [
        (resource.RLIMIT_CPU, math.ceil(limits.cpu_seconds) + 1),
        (resource.RLIMIT_AS, limits.memory_bytes + _INTERPRETER_BYTES),
        (resource.RLIMIT_FSIZE, max(limits.file_bytes, limits.output_bytes + 1)),
        (resource.RLIMIT_NPROC, limits.processes + 2),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ]
    return [(limit, min(value, _hard(limit))) for limit, value in wanted]


def _hard(limit: int) -> int:
    hard = resource.getrlimit(limit)[1]
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard


def _outside_usr(paths: tuple[str, ...]) -> list[str]:
    return [path for path in paths if not Path(path).is_relative_to("/usr")]
