"""Memory limits over a whole process tree, where a memory cgroup may be made (v2, v1 or hybrid).

Makes cgroups only below the one that this process is in. Under v2 the kernel gives a cgroup that
holds processes no controllers for its children (outside the real root): a service that wants this
layer is started in a leaf of a delegated cgroup.
"""

import contextlib
import itertools
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sandbox.errors import SandboxError, SandboxUnavailable

_PREFIX: Final = "harness-sandbox"
_serial: Final = itertools.count()


@dataclass(frozen=True, slots=True)
class _Names:
    """What the two versions of the interface call the same things."""

    limit: str
    swap_limit: str
    swap_is_on_top: bool
    peak: str
    events: str
    join: str


_V1: Final = _Names(
    "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", False, "memory.max_usage_in_bytes",
    "memory.oom_control", "tasks",
)  # fmt: skip
_V2: Final = _Names("memory.max", "memory.swap.max", True, "memory.peak", "memory.events", "cgroup.procs")


class MemoryCgroup:
    """One cgroup with a limit, gone again at the end of its `with` block."""

    def __init__(self, path: Path, names: _Names, memory_bytes: int) -> None:
        self._path, self._names = path, names
        path.mkdir()
        try:
            (path / names.limit).write_text(str(memory_bytes))
            swap = path / names.swap_limit
            if swap.exists():
                swap.write_text("0" if names.swap_is_on_top else str(memory_bytes))
            # Version 1's file for a single thread, which a fresh process is, spares it a wait of
            # milliseconds for all other processes.
            self.procs = os.open(path / names.join, os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            path.rmdir()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        os.close(self.procs)
        for _ in range(100):
            try:
                self._path.rmdir()
            except OSError:
                time.sleep(0.01)  # the last process is dead but not yet taken out
            else:
                return
        raise SandboxError(f"cgroup {self._path} cannot be removed: something in it does not end")

    def killed_for_memory(self) -> bool:
        """Whether the kernel had to kill in here."""
        for line in (self._path / self._names.events).read_text().splitlines():
            word, _, count = line.partition(" ")
            if word == "oom_kill":
                return int(count) > 0
        return False

    def peak_bytes(self) -> int:
        """The most memory it held at once, 0 where the kernel does not say (v2 before Linux 5.19)."""
        peak = self._path / self._names.peak
        return int(peak.read_text()) if peak.exists() else 0


@dataclass(frozen=True, slots=True)
class MemoryCgroups:
    """Where this process may make memory cgroups."""

    parent: Path
    names: _Names

    @classmethod
    def found(cls) -> Self:
        """Find the place, try it, and clear away what killed processes left there.

        Raises:
            SandboxUnavailable: there is none; the message says what was tried.
        """
        tried = []
        for parent, names in _candidates():
            place = cls(parent, names)
            try:
                with place.limited(64 << 20):
                    pass
            except (OSError, SandboxError) as error:
                tried.append(f"{parent}: {error}")
            else:
                place._sweep()
                return place
        raise SandboxUnavailable("no writable memory cgroup: " + ("; ".join(tried) or "none is mounted"))

    def limited(self, memory_bytes: int) -> MemoryCgroup:
        """Make one with a limit; the caller removes it by leaving its `with` block."""
        name = f"{_PREFIX}-{os.getpid()}-{next(_serial)}"
        return MemoryCgroup(self.parent / name, self.names, memory_bytes)

    def _sweep(self) -> None:
        for path in self.parent.glob(f"{_PREFIX}-*"):
            owner = path.name.removeprefix(f"{_PREFIX}-").partition("-")[0]
            if not Path("/proc", owner).exists():
                with contextlib.suppress(OSError):
                    path.rmdir()


def _candidates() -> Iterator[tuple[Path, _Names]]:
    """Own cgroup of each hierarchy with the memory controller: lines are `ID:CONTROLLERS:PATH`."""
    own = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        own[controllers] = path
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        shown_root, mount_point = before.split()[3:5]
        kind, _, options = after.split()[:3]
        first_version = next((key for key in own if "memory" in key.split(",")), None)
        if kind == "cgroup" and "memory" in options.split(",") and first_version:
            yield _below(mount_point, shown_root, own[first_version]), _V1
        elif kind == "cgroup2" and "" in own:
            yield _below(mount_point, shown_root, own[""]), _V2


def _below(mount_point: str, shown_root: str, path: str) -> Path:
    inner = path.removeprefix(shown_root.rstrip("/")) if path.startswith(shown_root) else ""
    return Path(mount_point, inner.lstrip("/"))
