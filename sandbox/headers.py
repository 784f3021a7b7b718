"""The C++ standard library's headers, compiled once for all programs that include all of them.

`#include <bits/stdc++.h>` costs a compiler over a second each time, compiled beforehand a third of that.
Made inside the sandbox like everything that is compiled, after a few programs asked for it, and lent
to the slots of compilers read-only.
"""

import contextlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from sandbox.errors import SandboxError
from sandbox.job import MIB, Job, Limits
from sandbox.language import Language

INSIDE: Final = "/headers"
_ASKED_BEFORE: Final = 3
_NAME: Final = "all.h"
LIMITS: Final = Limits(
    cpu_seconds=60,
    wall_seconds=180,
    memory_bytes=1536 * MIB,
    file_bytes=256 * MIB,
    processes=64,
    open_files=256,
)


class Headers:
    """What one backend has of them; removed when it is closed."""

    def __init__(self) -> None:
        self._asked = 0
        self._folder: Path | None = None
        self._owner = os.getpid()
        self._failed = False
        self._lock = threading.Lock()

    def used(
        self, language: Language, job: Job, make: Callable[[Language, Job], bytes]
    ) -> tuple[Language, tuple[tuple[str, str], ...]]:
        """The language with its compiler told to use them, and where they lie outside and inside.

        Args:
            language: of the job.
            job: a program that is to be compiled.
            make: compiles a header; nothing where that is impossible.

        Raises:
            SandboxError: the sandbox failed.
        """
        if not language.header or language.header not in job.source:
            return language, ()
        with self._lock:
            self._asked += 1
            if self._asked > _ASKED_BEFORE and self._folder is None and not self._failed:
                self._folder = self._made(language, make)
                self._failed = self._folder is None
        if self._folder is None:
            return language, ()
        compiler = (*language.compiler, "-include", f"{INSIDE}/{_NAME}")
        return replace(language, compiler=compiler), ((str(self._folder), INSIDE),)

    def close(self) -> None:
        """Remove them. Safe to call twice; a forked child leaves them to who made them."""
        if self._folder is not None and self._owner == os.getpid():
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = None

    def _made(self, language: Language, make: Callable[[Language, Job], bytes]) -> Path | None:
        text = f"#include <{language.header}>\n"
        header = replace(language, compiler=(*language.compiler, "-x", "c++-header", "{file}"))
        header = replace(header, compiler=tuple(_once(header.compiler)))
        content = make(header, Job(source=text, language=language.name))
        if not content:
            return None
        # Not below /tmp: a slot has one of its own, which hides the host's.
        folder = Path(tempfile.mkdtemp(prefix="harness-headers-", dir="/var/tmp"))
        try:
            folder.chmod(0o755)
            (folder / _NAME).write_text(text, encoding="ascii")
            (folder / f"{_NAME}.gch").write_bytes(content)
        except OSError as error:
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)
            raise SandboxError(f"no room for compiled headers: {error}") from error
        return folder


def _once(words: tuple[str, ...]) -> list[str]:
    """The program's file named last alone, behind what says that it is a header."""
    place = words.index("{file}")
    return [*words[:place], *words[place + 1 :]]
