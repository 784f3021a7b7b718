"""What happened to a program: a closed vocabulary of endings, with measured costs."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a program ended. Our own failures are not here: they raise `SandboxError`."""

    OK = "ok"
    """Ended by itself with exit code 0."""
    NONZERO_EXIT = "nonzero_exit"
    SIGNAL = "signal"
    """Killed by a signal that no limit of ours sent."""
    CPU_TIME_LIMIT = "cpu_time_limit"
    WALL_TIME_LIMIT = "wall_time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    """Wrote more than allowed; what is kept is cut at the limit."""
    COMPILE_ERROR = "compile_error"


class Layer(StrEnum):
    """One kind of isolation; an execution carries those that held."""

    NAMESPACES = "namespaces"
    """Own user, mount, pid, net, ipc and uts namespaces, with a minimal read-only root."""
    SECCOMP = "seccomp"
    RLIMITS = "rlimits"
    CGROUP = "cgroup"
    LANDLOCK = "landlock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """One program's ending, output and cost."""

    status: Status
    exit_code: int | None
    """None where the program was killed."""
    stdout: bytes
    stderr: bytes
    wall_seconds: float
    cpu_seconds: float
    memory_bytes: int
    """Peak resident memory."""
    layers: frozenset[Layer] = frozenset()

    @property
    def ok(self) -> bool:
        """Whether the program ended by itself with exit code 0."""
        return self.status is Status.OK
