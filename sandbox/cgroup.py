"""A cgroup for each slot, where memory cgroups may be made (v2 delegated, v1, or hybrid).

Limits memory and counts CPU time over a whole process tree. Makes cgroups only below the one that this
process is in. Under v2 the kernel gives a cgroup that holds processes no controllers for its children
(outside the real root): a service that wants this layer is started in a leaf of a delegated cgroup.
"""

import contextlib
import itertools
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from sandbox.errors import SandboxError, SandboxUnavailable

_PREFIX: Final = "harness-sandbox"
_serial: Final = itertools.count()


@dataclass(frozen=True, slots=True)
class _Names:
    """What the two versions of the interface call the same things."""

    limit: str
    swappiness: str
    """A file that takes a 0 to mean: no swap."""
    peak: str
    events: str
    join: str


_V1: Final = _Names(
    limit="memory.limit_in_bytes", swappiness="memory.swappiness", peak="memory.max_usage_in_bytes",
    events="memory.oom_control",
    # For a single thread, which a fresh process is; it spares a wait of milliseconds for all others.
    join="tasks",
)  # fmt: skip
_V2: Final = _Names(
    limit="memory.max", swappiness="memory.swap.max", peak="memory.peak", events="memory.events",
    join="cgroup.procs",
)  # fmt: skip


class SlotCgroup:
    """One slot's cgroup. `meter` and `join` are descriptors to hand to its first process."""

    def __init__(self, memory: Path, names: _Names, cpu: Path | None) -> None:
        """Make it.

        Raises:
            OSError: not permitted.
        """
        self._paths: list[Path] = []
        self.join: list[int] = []
        self.meter: dict[str, int] = {}
        try:
            self._make(memory, names.join)
            if cpu is not None:
                self._make(cpu, "tasks")
            swappiness = memory / names.swappiness
            if swappiness.exists():
                swappiness.write_text("0")
            self.meter["limit"] = os.open(memory / names.limit, os.O_WRONLY | os.O_CLOEXEC)
            self.meter["events"] = os.open(memory / names.events, os.O_RDONLY | os.O_CLOEXEC)
            # Its high-water mark can be put back everywhere under version 1, since Linux 6.12 under 2.
            if (memory / names.peak).exists():
                with contextlib.suppress(OSError):
                    self.meter["peak"] = _resettable(memory / names.peak)
            usage = cpu / "cpuacct.usage" if cpu is not None else memory / "cpu.stat"
            self.meter["cpu"] = os.open(usage, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self.close()
            raise

    def _make(self, path: Path, join: str) -> None:
        path.mkdir()
        self._paths.append(path)
        self.join.append(os.open(path / join, os.O_WRONLY | os.O_CLOEXEC))

    def killed_for_memory(self) -> bool:
        """Whether the kernel ever had to kill in here."""
        for line in os.pread(self.meter["events"], 1024, 0).splitlines():
            word, _, count = line.partition(b" ")
            if word == b"oom_kill":
                return int(count) > 0
        return False

    def close(self) -> None:
        """Remove it, once all processes in it have ended. Safe to call twice.

        Raises:
            SandboxError: something in it does not end.
        """
        for descriptor in (*self.join, *self.meter.values()):
            os.close(descriptor)
        self.join, self.meter = [], {}
        while self._paths:
            _remove(self._paths.pop())


@dataclass(frozen=True, slots=True)
class Cgroups:
    """Where this process may make them."""

    memory: Path
    names: _Names
    cpu: Path | None
    """The hierarchy that counts CPU time where that is not the same one (version 1)."""

    @classmethod
    def found(cls) -> Self:
        """Find the place, try it, and clear away what killed processes left there.

        Raises:
            SandboxUnavailable: there is none; the message says what was tried.
        """
        tried = []
        counting = [place for place, _ in _candidates("cpuacct")]
        for memory, names in _candidates("memory"):
            place = cls(memory, names, counting[0] if names is _V1 and counting else None)
            try:
                place.made().close()
            except (OSError, SandboxError) as error:
                tried.append(f"{memory}: {error}")
            else:
                place._sweep()
                return place
        raise SandboxUnavailable("no writable memory cgroup: " + ("; ".join(tried) or "none is mounted"))

    def made(self) -> SlotCgroup:
        """Make one; the caller closes it.

        Raises:
            OSError: not permitted.
        """
        name = f"{_PREFIX}-{os.getpid()}-{next(_serial)}"
        return SlotCgroup(self.memory / name, self.names, self.cpu / name if self.cpu is not None else None)

    def _sweep(self) -> None:
        for parent in filter(None, (self.memory, self.cpu)):
            for path in parent.glob(f"{_PREFIX}-*"):
                owner = path.name.removeprefix(f"{_PREFIX}-").partition("-")[0]
                if not Path("/proc", owner).exists():
                    with contextlib.suppress(OSError):
                        path.rmdir()


def _resettable(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.pwrite(descriptor, b"0", 0)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _remove(path: Path) -> None:
    for _ in range(200):
        try:
            path.rmdir()
        except OSError:
            time.sleep(0.01)  # the last process is dead but not yet taken out
        else:
            return
    raise SandboxError(f"cgroup {path} cannot be removed: something in it does not end")


def _candidates(controller: str) -> Iterator[tuple[Path, _Names]]:
    """Own cgroup of each hierarchy that has it: lines are `ID:CONTROLLERS:PATH`."""
    own = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        own[controllers] = path
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        shown_root, mount_point = before.split()[3:5]
        kind, _, options = after.split()[:3]
        first_version = next((key for key in own if controller in key.split(",")), None)
        if kind == "cgroup" and controller in options.split(",") and first_version:
            yield _below(mount_point, shown_root, own[first_version]), _V1
        elif kind == "cgroup2" and "" in own:
            yield _below(mount_point, shown_root, own[""]), _V2


def _below(mount_point: str, shown_root: str, path: str) -> Path:
    inner = path.removeprefix(shown_root.rstrip("/")) if path.startswith(shown_root) else ""
    return Path(mount_point, inner.lstrip("/"))
