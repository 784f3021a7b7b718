"""Watching one program: what it costs, when it must end, and that nothing of it is left.

The program cannot signal its guard (the kernel shields a namespace's first process; elsewhere the
filter does), trace it or slow it down. Its clock is therefore as good as one outside; the backend
still keeps a second, later one.
"""

import os
import select
import time

_TICK_SECONDS = 0.05
_SHORTEST_TICK_SECONDS = 0.005
_CORES = os.cpu_count() or 1
_SIGKILL = 9


class Guard:
    """Watches the programs of one slot, one after the other.

    Args:
        control: the connection to the backend; a message on it while a program runs means that the
            program is no longer wanted.
        meter: the slot's cgroup.
        everything: whether all other processes in sight are the program's own (a pid namespace);
            else it can only have the one.
    """

    def __init__(self, control, meter, *, everything: bool) -> None:  # type: ignore[no-untyped-def]
        self._control = control
        self._meter = meter
        self._everything = everything
        self._counting = False

    def let_go(self) -> None:
        """Close this process's copy of the connection."""
        self._control.close()

    def watch(self, program: int, bounds: "tuple[float, float, int]") -> str:
        """Wait for the program's end, end everything that it left, and say what happened in one line.

        Args:
            program: its pid.
            bounds: wall seconds from now, CPU seconds of the whole tree, and bytes of memory, which
                are looked at only where no cgroup counts them.

        Returns:
            `CAUSE STATUS CPU_MICROSECONDS WALL_MICROSECONDS PEAK_BYTES`: cause is `itself`, `wall`,
            `cpu`, `memory` or `cancelled`, status the word of `waitpid`.
        """
        started = time.monotonic()
        self._counting = False
        cause = self._await_end(program, bounds, started)
        wall_seconds = time.monotonic() - started
        status, cpu_seconds, peak = self._end_everything(program)
        if self._counting:
            # It counts this guard's own work too; children that nobody waited for, it alone counts.
            counted = self._meter.cpu_seconds()
            if counted > cpu_seconds + _TICK_SECONDS:
                cpu_seconds = counted
            peak = max(peak, self._meter.peak_bytes())
        if self._meter and self._meter.killed():
            cause = "memory"
        return f"{cause} {status} {int(cpu_seconds * 1e6)} {int(wall_seconds * 1e6)} {peak}"

    def _await_end(self, program: int, bounds: "tuple[float, float, int]", started: float) -> str:
        wall_seconds, cpu_seconds, memory_bytes = bounds
        ended = os.pidfd_open(program)
        waiting = select.poll()
        waiting.register(ended, select.POLLIN)
        waiting.register(self._control, select.POLLIN)
        tick = max(_SHORTEST_TICK_SECONDS, min(cpu_seconds / _CORES, _TICK_SECONDS))
        try:
            while True:
                left = started + wall_seconds - time.monotonic()
                ready = waiting.poll(1000 * max(0.0, min(left, tick)) + 1)
                if ready:
                    return "itself" if any(number == ended for number, _ in ready) else self._cancelled()
                if left <= 0:
                    return "wall"
                spent = self._spent(program)
                if spent > cpu_seconds:
                    return "cpu"
                if self._meter:
                    # A part of it may have died; the rest is not worth waiting for.
                    if self._meter.killed():
                        return "memory"
                elif memory_bytes and _resident_bytes(program) > memory_bytes:
                    return "memory"
                tick = max(_SHORTEST_TICK_SECONDS, min((cpu_seconds - spent) / _CORES, _TICK_SECONDS))
        finally:
            os.close(ended)

    def _spent(self, program: int) -> float:
        """CPU seconds so far: of all there is, where a cgroup counts that."""
        if not self._meter:
            return _cpu_seconds(program)
        if not self._counting:
            self._meter.count(_cpu_seconds(program))
            self._counting = True
        return float(self._meter.cpu_seconds())

    def _cancelled(self) -> str:
        self._control.recv(64)
        return "cancelled"

    def _end_everything(self, program: int) -> "tuple[int, float, int]":
        """Kill and reap; the program's `waitpid` status, all CPU seconds, and the largest's bytes."""
        # Nothing is missed by a kill of everything: a fork that is under way is dropped by the kernel, or
        # its child is there already. The program is, at least as a zombie.
        os.kill(-1 if self._everything else program, _SIGKILL)
        _, status, spent = os.wait4(program, 0)
        cpu_seconds, peak = spent.ru_utime + spent.ru_stime, spent.ru_maxrss * 1024
        while self._everything:
            try:
                _, _, spent = os.wait4(-1, 0)
            except ChildProcessError:
                break
            cpu_seconds += spent.ru_utime + spent.ru_stime
            peak = max(peak, spent.ru_maxrss * 1024)
        return status, cpu_seconds, peak


def _cpu_seconds(pid: int) -> float:
    """CPU time of one process and its threads, by its own clock (its number is made from its pid)."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def _resident_bytes(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * 4096
    except OSError:
        return 0
