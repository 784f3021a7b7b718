"""What a slot's cgroup counts, read through descriptors that were opened outside.

Version 1 has a file for each number, version 2 a table for some.
"""

import os

_SLACK_BYTES = 32 << 20
"""For the slot's own server, on top of what its program may have."""


class Meter:
    """Memory and CPU time of everything in a slot's cgroup; one for each slot.

    Args:
        files: descriptors by use: `limit` (writable; where missing the limit is fixed), `peak`,
            `events`, `cpu`. Empty where there is no cgroup.
    """

    def __init__(self, files: "dict[str, int]") -> None:
        self._files = files
        self._limit = 0
        self._kills = 0

    def __bool__(self) -> bool:
        return bool(self._files)

    def begin(self, memory_bytes: int) -> None:
        """Set the limit for the program that comes, and count from here."""
        if not self._files:
            return
        if memory_bytes != self._limit and "limit" in self._files:
            self._write("limit", str(memory_bytes + _SLACK_BYTES))
            self._limit = memory_bytes
        self._write("peak", "0")
        # What is here already, files that programs before have read above all, is nobody's.
        self._held = self._peak()
        self._kills = self._events()
        self._cpu_before = self._cpu()

    def forget(self) -> None:
        """Another process may have set another limit."""
        self._limit = 0

    def cpu_seconds(self) -> float:
        """CPU time that everything in here has used since `begin`."""
        return self._cpu() - self._cpu_before

    def peak_bytes(self) -> int:
        """The most memory on top of what was held at `begin`; 0 where it cannot be counted from there."""
        return self._peak() - self._held

    def killed(self) -> bool:
        """Whether the kernel had to kill in here for memory since `begin`."""
        return self._events() > self._kills

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
