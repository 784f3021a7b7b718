"""From a job to the orders that a slot's server takes: what is to be laid down, started and limited."""

import contextlib
import functools
import marshal
import math
import resource
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.errors import SandboxError
from sandbox.execution import Layer
from sandbox.identity import tasks_of_user
from sandbox.job import MIB, Job, Limits
from sandbox.language import Language, checked_files
from sandbox.memory_file import sealed
from sandbox.profiles import BARE, importable_once, imports, profile_for
from sandbox.slot import SlotKind

_INLINE_BYTES: Final = 48 * 1024
"""A payload up to this travels in its order; a larger one in a file in memory."""

_STACK_BYTES: Final = 64 * MIB
_READS_ITSELF: Final = (b"__file__", b"main.py", b"inspect", b"argv", b"__import__", b"listdir")
"""A Python program with none of these will hardly miss its own file; one that fails gets it all the same."""
_OTHERS_START: Final = 48
"""Processes that this user may start elsewhere while a count of them is believed."""
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
    lends: bool = False
    """Whether a slot can be shown more of the host than it has by itself."""
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
    entry_point: str | None = None
    collect: tuple[str, int] | None = None
    """A file that it is to leave, and the most bytes of it: a compiler's artefact."""


def check_possible(language: Language, confines: Confines) -> None:
    """Refuse a language that cannot be run in such confines.

    Raises:
        SandboxError: it cannot; the message says what is missing.
    """
    needs_scratch(confines)
    if language.needs_processes and not confines.processes:
        raise SandboxError(
            f"programs in {language.name!r} start others, which needs a cgroup that counts them all: "
            "`harness doctor` says why none can be made"
        )


def needs_scratch(confines: Confines) -> None:
    """Refuse what needs a place for files where there is none.

    Raises:
        SandboxError: there is none.
    """
    if not confines.scratch:
        raise SandboxError(
            "without namespaces only a lone Python program can run here: there is no place for files. "
            "`harness doctor` says what is missing; the docker backend has it"
        )


def compiling(
    job: Job, language: Language, limits: Limits, lent: tuple[tuple[str, str], ...] = ()
) -> Program:
    """The compiler of a job's program, as a program of its own; `lent` are paths outside and inside."""
    file_name = language.file_name(job.source)
    source = job.source_bytes
    laid = {**checked_files(file_name, job.files), file_name: source}
    return Program(
        language=language,
        kind=_kind(BARE, laid.values(), limits, language, lent),
        payload=_payload(language, file_name, laid, filled(language.compiler, file_name)),
        built=Built(command=filled(language.compiler, file_name)),
        collect=(language.artefact, limits.file_bytes),
    )


def filled(words: tuple[str, ...], file_name: str) -> tuple[str, ...]:
    """A command with its program's names."""
    return _marks_filled(words, {"{file}": file_name, "{name}": file_name.rpartition(".")[0]})


def bounded(words: tuple[str, ...], limits: Limits) -> tuple[str, ...]:
    """A command with the memory that its runtime should keep within by itself."""
    return _marks_filled(words, {"{heap_mib}": str(max(16, limits.memory_bytes * 3 // 4 // MIB))})


def _marks_filled(words: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    for mark, name in names.items():
        words = tuple(word.replace(mark, name) for word in words)
    return words


def made_ready(
    job: Job, language: Language, built: Built, confines: Confines, *, several: bool = False
) -> Program:
    """Choose the slot and put together what is laid down.

    Args:
        job: the program.
        language: its own.
        built: how it is started.
        confines: of the slots.
        several: it will be run on several inputs, from one process that has read it.

    Raises:
        SandboxError: the job asks for what cannot be had here.
    """
    file_name = language.file_name(job.source)
    files = checked_files(file_name, job.files)
    if files:
        needs_scratch(confines)
    in_python = language.name == "python"
    source = job.source_bytes
    wanted = imports(source) if in_python else frozenset()
    laid = {**files, **built.files}
    if not in_python or files or any(word in source for word in _READS_ITSELF):
        laid[file_name] = source
    profile = BARE
    if in_python:
        profile = profile_for(wanted, calls=job.entry_point is not None, several=several)
    return Program(
        language=language,
        kind=_kind(profile, (*laid.values(), source), job.limits, language),
        payload=_payload(
            language,
            file_name,
            laid,
            bounded(built.command, job.limits),
            source=source if in_python else b"",
            imports=importable_once(wanted, files),
        ),
        built=built,
        entry_point=job.entry_point,
    )


def _kind(
    profile: str,
    laid: Collection[bytes],
    limits: Limits,
    language: Language,
    lent: tuple[tuple[str, str], ...] = (),
) -> SlotKind:
    laid_bytes = sum(len(content) + 8192 for content in laid)
    return SlotKind(
        profile=profile,
        scratch_bytes=math.ceil((limits.file_bytes + laid_bytes) / MIB) * MIB,
        scratch_files=limits.files + math.ceil((len(laid) + 16) / 64) * 64,
        sources=(*((path, path) for path in language.sources), *lent),
    )


def _payload(
    language: Language,
    file_name: str,
    laid: Mapping[str, bytes],
    command: tuple[str, ...],
    *,
    source: bytes = b"",
    imports: Collection[str] = (),
) -> bytes:
    """What `sandbox.inside.program.Prepared` reads."""
    words = {
        "source": source,
        "file_name": file_name,
        "files": dict(laid),
        "command": list(command),
        "environment": dict(language.environment),
        "imports": list(imports),
    }
    return marshal.dumps(words)


def order(
    program: Program,
    limits: Limits,
    confines: Confines,
    stack: contextlib.ExitStack,
    *,
    prepared: bool = False,
    sizes: list[int] | None = None,
) -> tuple[dict[str, Any], list[int]]:
    """One run's order, and the descriptors that follow its three streams; they live as long as `stack`.

    Args:
        program: what to run.
        limits: for this run.
        confines: of the slot.
        stack: closes what is made here.
        prepared: the program is there already.
        sizes: of several inputs that one process is to run through, one behind the other.
    """
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
        "rlimits": _rlimits(program.language, limits, cpu_seconds, confines),
        "address_bytes": 0 if program.language.reserves_memory else limits.memory_bytes,
        # A compiler is known, and needs its own helpers.
        "alone": not confines.processes and program.collect is None,
        "entry_point": program.entry_point,
        "payload": inline,
        "sizes": sizes,
        "executable": program.built.executable is not None,
        "collect": [program.collect] if program.collect else [],
    }, descriptors


def _rlimits(
    language: Language, limits: Limits, cpu_seconds: float, confines: Confines
) -> list[tuple[int, int]]:
    """Those that differ from run to run; `sandbox.inside.server` lays the others on once."""
    wanted = [
        (resource.RLIMIT_CPU, math.ceil(cpu_seconds) + 1),
        (resource.RLIMIT_FSIZE, int(min(_MOST_FILE_BYTES, max(limits.file_bytes, limits.output_bytes + 1)))),
        (resource.RLIMIT_NOFILE, limits.open_files),
    ]
    own = confines.own_processes if confines.own_processes is not None else tasks_of_user() + _OTHERS_START
    wanted.append((resource.RLIMIT_NPROC, limits.processes + own + language.own_threads))
    if language.name != "python":
        wanted.append((resource.RLIMIT_STACK, _STACK_BYTES))
    return [(limit, min(value, _hard(limit))) for limit, value in wanted]


@functools.cache
def _hard(limit: int) -> int:
    hard = resource.getrlimit(limit)[1]
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard
