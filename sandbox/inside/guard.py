"""Pid 1 of a program's namespace: watches the whole tree's costs, ends it, and counts them.

The program cannot signal it (the kernel shields a namespace's first process), trace it or slow
it down (refused calls). Its clock is therefore as good as one outside; `sandbox.backends.namespaces`
still keeps a second, later one.
"""

# `pathlib` and `contextlib` would cost every start 5 ms.
# ruff: noqa: PTH123, PTH208, SIM105

import os
import resource
import select
import time

_TICK_SECONDS = 0.05
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def watch(program: int, control: int, *, wall_seconds: float, cpu_seconds: float, memory_bytes: int) -> str:
    """Wait for the program's end, end everything that it left, and say what happened in one line.

    Args:
        program: its pid in here.
        control: the socket to the backend; a message there means that a cgroup ran out of memory.
        wall_seconds: from now.
        cpu_seconds: of the whole tree, looked at 20 times a second.
        memory_bytes: of the tree's processes together, as often; 0 leaves that to a cgroup.

    Returns:
        `CAUSE STATUS CPU_MICROSECONDS WALL_MICROSECONDS PEAK_KIB`: cause is `itself`, `wall`, `cpu`
        or `memory`, status the word of `waitpid`.
    """
    started = time.monotonic()
    statuses: dict[int, int] = {}
    waiting = select.poll()
    waiting.register(os.pidfd_open(program), select.POLLIN)
    waiting.register(control, select.POLLIN)
    cause = ""
    while not cause:
        left = started + wall_seconds - time.monotonic()
        ready = waiting.poll(1000 * max(0, min(left, _TICK_SECONDS)))
        if ready:
            cause = "memory" if ready[0][0] == control else "itself"
        elif left <= 0:
            cause = "wall"
        else:
            cause = _passed_limit(cpu_seconds, memory_bytes)
            _reap(statuses)
    wall_microseconds = int((time.monotonic() - started) * 1e6)
    _end_everything(statuses)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_microseconds = int((spent.ru_utime + spent.ru_stime) * 1e6)
    return f"{cause} {statuses[program]} {cpu_microseconds} {wall_microseconds} {spent.ru_maxrss}"


def _passed_limit(cpu_seconds: float, memory_bytes: int) -> str:
    cpu, resident = _costs()
    if cpu > cpu_seconds:
        return "cpu"
    # Pages shared after a fork are counted for each process first, and only then truly.
    if memory_bytes and resident > memory_bytes and _proportional_bytes() > memory_bytes:
        return "memory"
    return ""


def _end_everything(statuses: dict[int, int]) -> None:
    while True:
        try:
            os.kill(-1, 9)
        except ProcessLookupError:
            pass
        try:
            pid, status = os.waitpid(-1, 0)
        except ChildProcessError:
            return
        statuses[pid] = status


def _reap(statuses: dict[int, int]) -> None:
    """Take in the orphans that ended meanwhile, so that they do not count as processes."""
    try:
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            statuses[found[0]] = found[1]
    except ChildProcessError:
        pass


def _costs() -> tuple[float, int]:
    """CPU seconds of every process, living and reaped, and resident bytes of the living."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    ticks = resident = 0
    for text in _read_each("stat"):
        # The name in parentheses is the program's to choose; what follows the last one is not.
        fields = text[text.rindex(b")") + 2 :].split()
        ticks += sum(map(int, fields[11:15]))
        resident += int(fields[21]) * _PAGE
    return spent.ru_utime + spent.ru_stime + ticks / _CLOCK_TICKS, resident


def _proportional_bytes() -> int:
    total = 0
    for text in _read_each("smaps_rollup"):
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith(b"Pss:"))
    return total * 1024


def _read_each(name: str) -> list[bytes]:
    texts = []
    for pid in os.listdir("/proc"):
        if not pid.isdigit() or pid == "1":
            continue
        try:
            with open(f"/proc/{pid}/{name}", "rb") as file:
                texts.append(file.read())
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return texts
