"""The docker backend: a pool of warm slots that are containers of a Docker daemon on this machine.

For those who want programs in containers of an image of their own, or behind another runtime. Slower
to start than the embedded backend, as quick once warm. A container has no user namespace unless the
daemon is told so; programs are users that nobody has and never root. All that a program writes counts as
memory, too. In an image that was not made for this each place to write to has a whole quota of its own.

Does not reach daemons on other machines. Programs in other languages need their tools in the image, at
the same paths as here.
"""

import contextlib
import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from sandbox.container import DockerVessel
from sandbox.engine import Engine
from sandbox.errors import SandboxError, SandboxUnavailable
from sandbox.execution import Execution, Layer
from sandbox.job import MIB, Job, Limits
from sandbox.orders import Confines
from sandbox.runner import Runner
from sandbox.slot import Slot, SlotKind

_LAYERS: Final = frozenset({Layer.NAMESPACES, Layer.SECCOMP, Layer.RLIMITS, Layer.CGROUP})
_SERVERS_BYTES: Final = 64 * MIB
"""Of a container's memory, what its server and a program's files may take."""


class DockerBackend:
    """Runs each program in a fork of a warm container's pid 1; safe to share among threads and with forks.

    Args:
        image: has python3.11; `scripts/make-sandbox-image` makes the one that is meant.
        slots: programs that run at once, each in a container; as many as there are cores where not given.
        runtime: the daemon's name for an OCI runtime; its own choice where not given.
        memory_bytes: for one container; a program may ask for so much less 64 MiB.
        host: the daemon's socket, `unix://PATH`; DOCKER_HOST or the usual place where not given.
    """

    name = "docker"

    def __init__(
        self,
        *,
        image: str = "harness-sandbox:latest",
        slots: int | None = None,
        runtime: str | None = None,
        memory_bytes: int = 2048 * MIB,
        host: str | None = None,
    ) -> None:
        """Run one trivial program the whole way, to be sure.

        Raises:
            SandboxUnavailable: that failed; the message says at what, and what to do.
        """
        self._engine = Engine.found(host=host, image=image, runtime=runtime, memory_bytes=memory_bytes)
        self._first: Slot | None = None
        confines = Confines(layers=_LAYERS, processes=True, own_processes=0, scratch=True)
        self._runner = Runner(self._start, confines, slots or len(os.sched_getaffinity(0)))
        try:
            self._prove()
        except (SandboxError, OSError) as error:
            self._runner.close()
            raise SandboxUnavailable(f"a container of {image} does not serve: {error}") from error
        self.layers = self._runner.confines.layers

    def run(self, job: Job) -> Execution:
        """Run one program to its end.

        Raises:
            SandboxError: the sandbox failed, or the job asks for what is not there.
        """
        self._check(job.limits)
        with _as_ours():
            return self._runner.run(job)

    def run_each(self, job: Job, runs: Iterable[tuple[bytes, Limits]]) -> Generator[Execution, None, None]:
        """Run one program for each input, as `sandbox.backend.Backend.run_each`."""
        self._check(job.limits)
        with _as_ours():
            yield from self._runner.run_each(job, self._checked(runs))

    def run_shared(self, job: Job, stdins: Sequence[bytes]) -> list[Execution] | None:
        """Run one program on all inputs in one process, as `sandbox.backend.Backend.run_shared`."""
        self._check(job.limits)
        with _as_ours():
            return self._runner.run_shared(job, stdins)

    def converse(self, judge: Job, program: Job) -> tuple[Execution, Execution]:
        """Run two programs that talk to each other, as `sandbox.backend.Backend.converse`."""
        for job in (judge, program):
            self._check(job.limits)
        with _as_ours():
            return self._runner.converse(judge, program)

    def close(self) -> None:
        """End all containers. Safe to call twice."""
        self._runner.close()

    def _start(self, kind: SlotKind) -> Slot:
        slot = Slot(DockerVessel(self._engine, kind), kind)
        self._first = self._first or slot
        return slot

    def _prove(self) -> None:
        """Run what must work; the first container tells whether it has Landlock, too."""
        ended = self._runner.run(Job(source="print(6 * 7)"))
        if ended.stdout != b"42\n":
            raise SandboxUnavailable(
                f"a trivial program fails in it: {ended.status}, exit code {ended.exit_code}: "
                f"{ended.stderr[-400:].decode(errors='replace').strip()}"
            )
        if self._first is not None and self._first.landlock:
            layers = self._runner.confines.layers | {Layer.LANDLOCK}
            self._runner.confines = replace(self._runner.confines, layers=layers)

    def _check(self, limits: Limits) -> None:
        most = self._engine.memory_bytes - _SERVERS_BYTES
        if limits.memory_bytes > most:
            raise SandboxError(
                f"a program may have {most // MIB} MiB in these containers, not "
                f"{limits.memory_bytes // MIB}: open the docker backend with a larger memory_bytes"
            )

    def _checked(self, runs: Iterable[tuple[bytes, Limits]]) -> Iterator[tuple[bytes, Limits]]:
        for stdin, limits in runs:
            self._check(limits)
            yield stdin, limits


@contextlib.contextmanager
def _as_ours() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SandboxError(f"the sandbox failed around a program: {error}") from error
