"""From a job to the orders that a slot's server takes: what is to be laid down, started and limited."""

import contextlib
import marshal
import math
import resource
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sandbox.errors import SandboxError
from sandbox.execution import Layer
from sandbox.job import MIB, Job, Limits
from sandbox.language import Language, checked_files
from sandbox.memory_file import sealed
from sandbox.profile import BARE, importable_once, imports, profile_for
from sandbox.slot import SlotKind

_INLINE_BYTES: Final = 48 * 1024
"""A payload up to this travels in its order; a larger one in a file in memory."""

_STACK_BYTES: Final = 64 * MIB
_READS_ITSELF: Final = (b"__file__", b"main.py", b"inspect", b"argv", b"__import__", b"listdir")
"""A Python program with none of these will hardly miss its own file; one that fails gets it all the same."""
_MOST_FILE_BYTES: Final = 1 << 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Confines:
    """What a backend's slots are like, as far as orders depend on it."""

    layers: frozenset[Layer]
    processes: bool
    """Whether programs may have processes beside them, since a cgroup holds all together."""
    own_processes: int | None
    """The slot's own that the limit on processes counts too; None where it counts strangers' as well."""
    scratch: bool
    """Whether there is a place that programs may write to."""
    scale: float = 1.0
    """CPU seconds here for each on the machine that limits are meant for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """How a program is started, once it has been compiled where it must be."""

    command: tuple[str, ...] = ()
    """Its words; none where the slot's own Python runs it."""
    executable: bytes | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A job made ready to be sent, whatever its input."""

    language: Language
    kind: SlotKind
    payload: bytes
    built: Built
    entry_point: str | None


def made_ready(job: Job, language: Language, built: Built, confines: Confines) -> Program:
    """Choose the slot and put together what is laid down.

    Raises:
        SandboxError: the job asks for what cannot be had here.
    """
    file_name = language.file_name(job.source)
    files = checked_files(file_name, job.files)
    if not confines.scratch and (files or built.command or built.files):
        raise SandboxError(
            "without namespaces only a lone Python program can run here: there is no place for its files. "
            "`harness doctor` says what is missing; the docker backend has it"
        )
    in_python = language.name == "python"
    source = job.source.encode("utf-8", "surrogatepass")
    wanted = imports(source) if in_python else frozenset()
    laid = {**files, **built.files}
    if not in_python or files or any(word in source for word in _READS_ITSELF):
        laid[file_name] = source
    payload = {
        "source": source if in_python else b"",
        "file_name": file_name,
        "files": laid,
        "command": list(built.command),
        "environment": dict(language.environment),
        "imports": importable_once(wanted, files),
    }
    laid_bytes = sum(len(content) + 8192 for content in (*laid.values(), source))
    return Program(
        language=language,
        kind=SlotKind(
            profile=profile_for(wanted, calls=job.entry_point is not None) if in_python else BARE,
            scratch_bytes=math.ceil((job.limits.file_bytes + laid_bytes) / MIB) * MIB,
            scratch_files=job.limits.files + math.ceil((len(laid) + 16) / 64) * 64,
            sources=language.sources,
        ),
        payload=marshal.dumps(payload),
        built=built,
        entry_point=job.entry_point,
    )


def order(
    program: Program,
    limits: Limits,
    confines: Confines,
    stack: contextlib.ExitStack,
    *,
    prepared: bool = False,
) -> tuple[dict[str, Any], list[int]]:
    """One run's order, and the descriptors that follow its three streams; they live as long as `stack`."""
    descriptors = []
    inline: bytes | None = b""
    if not prepared:
        inline = program.payload if len(program.payload) <= _INLINE_BYTES else None
        if inline is None:
            descriptors.append(stack.enter_context(sealed("payload", program.payload)))
        if program.built.executable is not None:
            descriptors.append(stack.enter_context(sealed("program", program.built.executable)))
    cpu_seconds = limits.cpu_seconds * confines.scale
    return {
        "bounds": (limits.wall_seconds, cpu_seconds, limits.memory_bytes),
        "rlimits": _rlimits(program.language, replace(limits, cpu_seconds=cpu_seconds), confines),
        "address_bytes": 0 if program.language.reserves_memory else limits.memory_bytes,
        "alone": not confines.processes,
        "entry_point": program.entry_point,
        "payload": inline,
        "executable": program.built.executable is not None,
        "collect": [],
    }, descriptors


def _rlimits(language: Language, limits: Limits, confines: Confines) -> list[tuple[int, int]]:
    wanted = [
        (resource.RLIMIT_CPU, math.ceil(limits.cpu_seconds) + 1),
        (resource.RLIMIT_FSIZE, int(min(_MOST_FILE_BYTES, max(limits.file_bytes, limits.output_bytes + 1)))),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_SIGPENDING, 256),
    ]
    if confines.own_processes is not None:
        own = confines.own_processes + language.own_threads
        wanted.append((resource.RLIMIT_NPROC, limits.processes + own))
    if language.name != "python":
        wanted.append((resource.RLIMIT_STACK, _STACK_BYTES))
    return [(limit, min(value, _hard(limit))) for limit, value in wanted]


def _hard(limit: int) -> int:
    hard = resource.getrlimit(limit)[1]
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard
