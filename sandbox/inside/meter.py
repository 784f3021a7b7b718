"""What a slot's cgroup counts, read through descriptors that were opened outside or, for a container, inside.

Version 1 has a file for each number, version 2 a table for some.
"""

import os

_SLACK_BYTES = 32 << 20
"""For the slot's own server, on top of what its program may have."""

_UNDROPPABLE = (b"rss", b"anon", b"shmem")
_PLACES = (
    {
        "usage": "/sys/fs/cgroup/memory/memory.usage_in_bytes",
        "parts": "/sys/fs/cgroup/memory/memory.stat",
        "events": "/sys/fs/cgroup/memory/memory.oom_control",
        "cpu": "/sys/fs/cgroup/cpuacct/cpuacct.usage",
    },
    {
        "usage": "/sys/fs/cgroup/memory.current",
        "parts": "/sys/fs/cgroup/memory.stat",
        "events": "/sys/fs/cgroup/memory.events",
        "cpu": "/sys/fs/cgroup/cpu.stat",
    },
)
"""Where a container sees its own cgroup, read-only; version 1, then version 2."""


def own_meter() -> "dict[str, int]":
    """The files of the cgroup that this process is in, as a container shows them; empty where it does not."""
    for files in _PLACES:
        found: dict[str, int] = {}
        try:
            for use, path in files.items():
                found[use] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            for number in found.values():
                os.close(number)
        else:
            return found
    return {}


class Meter:
    """Memory and CPU time of everything in a slot's cgroup; one for each slot.

    Args:
        files: descriptors by use: `limit` (writable; where missing the limit is fixed), `peak`,
            `events`, `cpu`, and where the limit is fixed `usage` and `parts`, by which this one keeps a
            lower one. Empty where there is no cgroup.
    """

    def __init__(self, files: "dict[str, int]") -> None:
        self._files = files
        self._limit = 0

    def __bool__(self) -> bool:
        return bool(self._files)

    def begin(self, memory_bytes: int) -> None:
        """Set the limit for the program that comes."""
        if self._files and memory_bytes != self._limit:
            if "limit" in self._files:
                self._write("limit", str(memory_bytes + _SLACK_BYTES))
            self._limit = memory_bytes

    def count(self, spent_seconds: float) -> None:
        """Count from here, for a program that has run for a while: most end before it is worth it.

        Args:
            spent_seconds: CPU time of the program up to here.
        """
        self._write("peak", "0")
        # What is here already, files that programs before have read above all, is nobody's.
        self._held = self._peak()
        self._cpu_before = self._cpu() - spent_seconds

    def forget(self) -> None:
        """Another process may have set another limit."""
        self._limit = 0

    def cpu_seconds(self) -> float:
        """CPU time that everything in here has used, since `count` was called."""
        return self._cpu() - self._cpu_before

    def peak_bytes(self) -> int:
        """The most memory on top of what was held at `count`; 0 where it cannot be counted from there."""
        return self._peak() - self._held

    def killed(self) -> bool:
        """Whether the kernel had to kill in here for memory, or we must; a slot is not used again after."""
        return self._events() > 0 or ("usage" in self._files and self._over())

    def _over(self) -> bool:
        """Whether more is in use than the program may have, counted as the kernel would before it kills."""
        most = self._limit + _SLACK_BYTES
        if not self._limit or int(os.pread(self._files["usage"], 32, 0)) <= most:
            return False
        # Files that lie in memory only to be read again do not count; the kernel drops them.
        used = 0
        for line in os.pread(self._files["parts"], 8192, 0).splitlines():
            name, _, count = line.partition(b" ")
            if name in _UNDROPPABLE:
                used += int(count)
        return used > most

    def _events(self) -> int:
        for line in os.pread(self._files["events"], 1024, 0).splitlines():
            if line.startswith(b"oom_kill "):
                return int(line[9:])
        return 0

    def _peak(self) -> int:
        return int(os.pread(self._files["peak"], 32, 0)) if "peak" in self._files else 0

    def _cpu(self) -> float:
        text = os.pread(self._files["cpu"], 4096, 0)
        if text.startswith(b"usage_usec "):
            return int(text[11 : text.index(b"\n")]) / 1e6
        return int(text) / 1e9

    def _write(self, use: str, text: str) -> None:
        try:
            os.pwrite(self._files[use], text.encode(), 0)
        except (OSError, KeyError):
            if use == "limit":
                raise
            self._files.pop(use, None)
