"""What compiling makes, kept by the text that it was made of.

Compiling happens inside the sandbox, under limits of its own; many programs are compiled again and
again (every test of one, every copy of a checker), so what came of it is kept in memory.
"""

import contextlib
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from sandbox.errors import SandboxError
from sandbox.execution import Execution, Status
from sandbox.job import MIB, Job, Limits
from sandbox.language import Language, missing_tools
from sandbox.orders import Built, filled

_MOST_BYTES: Final = 256 * MIB
COMPILE_LIMITS: Final = Limits(
    cpu_seconds=30,
    wall_seconds=90,
    memory_bytes=1024 * MIB,
    file_bytes=128 * MIB,
    processes=64,
    open_files=256,
)


class Artefacts:
    """The latest `_MOST_BYTES` of them; refusals of compilers are kept too."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Built | Execution] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def built(
        self, language: Language, job: Job, compile_: Callable[[Language, Job], Built | Execution]
    ) -> Built | Execution:
        """How to start a job's program; an execution that says `COMPILE_ERROR` where it cannot be compiled.

        Raises:
            SandboxError: its tools are not installed, or the sandbox failed.
        """
        if missing := missing_tools(language):
            raise SandboxError(
                f"programs in {language.name!r} need {', '.join(missing)} in /usr/bin: install it there"
            )
        if not language.compiler:
            return Built(command=filled(language.command, language.file_name(job.source)))
        key = _key(language, job)
        with self._lock, contextlib.suppress(KeyError):
            self._kept.move_to_end(key)
            return self._kept[key]
        made = compile_(language, job)
        with self._lock:
            self._kept[key] = made
            self._bytes += _size(made)
            while self._bytes > _MOST_BYTES and len(self._kept) > 1:
                self._bytes -= _size(self._kept.popitem(last=False)[1])
        return made


def refused(execution: Execution) -> Execution:
    """The execution of a compiler that made nothing, as that of its program."""
    return replace(execution, status=Status.COMPILE_ERROR, stdout=b"")


def _key(language: Language, job: Job) -> bytes:
    digest = hashlib.sha256(repr((language.name, language.compiler, job.source_bytes)).encode())
    for name, content in sorted(job.files.items()):
        digest.update(repr((name, len(content))).encode() + content)
    return digest.digest()


def _size(made: Built | Execution) -> int:
    if isinstance(made, Execution):
        return len(made.stderr) + 1024
    return len(made.executable or b"") + sum(map(len, made.files.values())) + 1024
