"""The embedded backend: a pool of warm slots that are processes of this one's own.

Pure Python over system calls: no compiler, no package, no daemon, and no root where ordinary users
may make user namespaces. Where they may not, Landlock and a filter take the namespaces' place. Does
not protect from bugs of the kernel itself, nor from programs that measure each other's load.
"""

import contextlib
import os
import tempfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from sandbox import calibration
from sandbox.cgroup import Cgroups
from sandbox.errors import SandboxError, SandboxUnavailable
from sandbox.execution import Execution, Layer
from sandbox.inside import kernel
from sandbox.job import Job, Limits
from sandbox.obstacles import namespace_obstacles
from sandbox.orders import Confines
from sandbox.plans import landlock_plan, namespace_plan
from sandbox.runner import Runner
from sandbox.slot import OwnProcess, Slot, SlotKind

_ALWAYS: Final = frozenset({Layer.SECCOMP, Layer.RLIMITS})


class EmbeddedBackend:
    """Runs each program in a fork of a warm slot; safe to share among threads and with forked children.

    Args:
        slots: programs that run at once; as many as this process has cores where not given.
        namespaces: False does without them, as happens by itself where they are refused.
        cgroup: False does without one: programs then have threads only, no processes.
    """

    def __init__(self, *, slots: int | None = None, namespaces: bool = True, cgroup: bool = True) -> None:
        """Run one trivial program the whole way, to be sure.

        Raises:
            SandboxUnavailable: that failed; the message says at what, and what to do.
        """
        self.name = "embedded" if namespaces else "landlock"
        self._cgroups: Cgroups | None = None
        if cgroup:
            with contextlib.suppress(SandboxUnavailable):
                self._cgroups = Cgroups.found()
        size = slots or len(os.sched_getaffinity(0))
        reasons = []
        for attempt in (True, False) if namespaces else (False,):
            try:
                self._runner = Runner(
                    self._start_in_namespaces if attempt else self._start_behind_landlock,
                    self._confines(namespaces=attempt),
                    size,
                )
                self._prove()
            except (SandboxError, OSError) as error:
                self._runner.close()
                reasons.append(f"{'namespaces' if attempt else 'landlock'}: {error}")
            else:
                self.layers = self._runner.confines.layers
                return
        advice = "; ".join(namespace_obstacles()) or "`harness doctor` shows which layers can be had"
        raise SandboxUnavailable(f"neither works here: {'; '.join(reasons)}. What to do: {advice}")

    def run(self, job: Job) -> Execution:
        """Run one program to its end.

        Raises:
            SandboxError: the sandbox failed, or the job asks for what is not there.
        """
        with _as_ours():
            return self._runner.run(job)

    def run_each(self, job: Job, runs: Iterable[tuple[bytes, Limits]]) -> Generator[Execution, None, None]:
        """Run one program for each input, as `sandbox.backend.Backend.run_each`."""
        with _as_ours():
            yield from self._runner.run_each(job, runs)

    def run_shared(self, job: Job, stdins: Sequence[bytes]) -> list[Execution] | None:
        """Run one program on all inputs in one process, as `sandbox.backend.Backend.run_shared`."""
        with _as_ours():
            return self._runner.run_shared(job, stdins)

    def converse(self, judge: Job, program: Job) -> tuple[Execution, Execution]:
        """Run two programs that talk to each other, as `sandbox.backend.Backend.converse`."""
        with _as_ours():
            return self._runner.converse(judge, program)

    def close(self) -> None:
        """End all slots. Safe to call twice."""
        self._runner.close()

    def _confines(self, *, namespaces: bool) -> Confines:
        layers = set(_ALWAYS)
        if self._cgroups:
            layers.add(Layer.CGROUP)
        with contextlib.suppress(OSError):
            kernel.landlock_version()
            layers.add(Layer.LANDLOCK)
        if namespaces:
            layers.add(Layer.NAMESPACES)
        # Root's slots have users of their own; an ordinary user's have it, which counts all it runs.
        if os.geteuid() == 0:
            own: int | None = 0 if namespaces else 1
        else:
            own = 2 if namespaces else None
        return Confines(
            layers=frozenset(layers),
            processes=namespaces and self._cgroups is not None,
            own_processes=own,
            scratch=namespaces,
            lends=namespaces,
        )

    def _start_in_namespaces(self, kind: SlotKind) -> Slot:
        return Slot(OwnProcess(namespace_plan(kind), self._cgroups.made() if self._cgroups else None), kind)

    def _start_behind_landlock(self, kind: SlotKind) -> Slot:
        folder = Path(tempfile.mkdtemp(prefix="harness-slot-"))
        folder.chmod(0o755)
        cgroup = self._cgroups.made() if self._cgroups else None
        return Slot(OwnProcess(landlock_plan(kind, folder), cgroup, folder), kind)

    def _prove(self) -> None:
        """Run what must work, and measure what a second is worth here."""
        ended = self._runner.run(calibration.PROGRAM)
        if ended.stdout != calibration.ANSWER:
            raise SandboxUnavailable(
                f"a trivial program fails in the sandbox: {ended.status}, exit code {ended.exit_code}: "
                f"{ended.stderr[-400:].decode(errors='replace').strip()}"
            )
        scale = calibration.scale(self._runner.run)
        self._runner.confines = replace(self._runner.confines, scale=scale)


def landlock_backend() -> EmbeddedBackend:
    """The embedded backend without namespaces, to see what it would be like where they are refused."""
    return EmbeddedBackend(namespaces=False)


@contextlib.contextmanager
def _as_ours() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SandboxError(f"the sandbox failed around a program: {error}") from error
