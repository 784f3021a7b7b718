"""Lock a trusted worker process in before it handles text that a model wrote.

Some third-party scorers evaluate answers. A worker that loads such code calls
`confine_this_process` once its imports are done; from then on it may compute, read files and use
the descriptors it already holds, and nothing else. This is not the sandbox: the process keeps its
view of the file system and can read what its user can read, its own environment included.
"""

import math
import os
import resource
import signal
from pathlib import Path

from sandbox.errors import SandboxUnavailable
from sandbox.execution import Layer
from sandbox.inside import kernel
from sandbox.refusals import worker_filter


def confine_this_process(
    *, memory_bytes: int, cpu_seconds: float | None = None, die_with_parent: bool = True
) -> frozenset[Layer]:
    """Take from this process, for good, all but computing, reading and its open descriptors.

    Refused from now on with `PermissionError`: starting a program or a process (threads stay
    possible), every socket, opening anything for writing (`/dev/null` too), any change to the file
    system, signals to others, tracing, mounts. Writing to an open regular file fails too
    (`RLIMIT_FSIZE` 0); pipes and sockets that are open keep working.

    Args:
        memory_bytes: address space that it may take on top of what it has now; over it,
            `MemoryError`.
        cpu_seconds: CPU time that it may still use, rounded up to whole seconds; over it the
            kernel kills the process. None sets no limit.
        die_with_parent: be killed when the thread that started this process ends. Turn it off
            where that thread is one of a pool that shrinks.

    Returns:
        The layers that hold from now on.

    Raises:
        SandboxUnavailable: the kernel or a container refuses seccomp filters. Nothing irrevocable
            was done but limits.
    """
    kernel_filter = worker_filter(os.getpid())
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_AS, _address_space_bytes() + memory_bytes)
    if cpu_seconds is not None:
        spent = resource.getrusage(resource.RUSAGE_SELF)
        _lower(resource.RLIMIT_CPU, math.ceil(spent.ru_utime + spent.ru_stime + cpu_seconds))
    try:
        if die_with_parent:
            kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
        kernel.install_filter(kernel_filter, every_thread=True)
    except OSError as error:
        raise SandboxUnavailable(
            f"this worker cannot be confined: {error}. Allow seccomp filters (in a container: do not "
            "forbid the seccomp system call), or grade on another machine"
        ) from error
    return frozenset({Layer.SECCOMP, Layer.RLIMITS})


def _lower(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    bounded = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (bounded, bounded))


def _address_space_bytes() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
