"""The languages that programs may be in: one entry each, in one table."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sandbox.errors import SandboxError
from sandbox.execution import Status

_SYNTAX_ERRORS: Final = (b"SyntaxError", b"IndentationError", b"TabError")
_TRACEBACK: Final = b"Traceback (most recent call last):"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How a program of one language is laid down, started and understood."""

    name: str
    file_name: str
    command: Callable[[str], tuple[str, ...]]
    """The program's path to the words that start it."""
    sources: tuple[str, ...]
    """What must be readable to start it, beside the system's own libraries."""
    masked: tuple[str, ...]
    """Directories that must look empty."""
    failure: Callable[[bytes], Status]
    """The stderr of a program that ended by itself with a code other than 0 to its status."""


def interpreter() -> str:
    """The Python that this process runs on, behind any virtual environment."""
    beside = Path(sys.base_prefix, "bin", f"python{sys.version_info[0]}.{sys.version_info[1]}")
    return str(beside if beside.exists() else Path(sys.executable).resolve())


def _python_command(path: str) -> tuple[str, ...]:
    # Not -I or -S: a program may import the files beside it, and call exit(), which `site` defines.
    return (interpreter(), "-E", "-s", "-B", "-X", "utf8", path)


def _python_failure(stderr: bytes) -> Status:
    """Python says what it was in its last line.

    A program can print the same words and exit with 1; that changes nothing but the name of its
    own failure.
    """
    lines = stderr.rstrip().rsplit(b"\n", 1)
    if lines[-1].startswith(b"MemoryError"):
        return Status.MEMORY_LIMIT
    # Without a traceback above it, the error is in the program's own text: nothing of it ran.
    if lines[-1].startswith(_SYNTAX_ERRORS) and _TRACEBACK not in stderr:
        return Status.COMPILE_ERROR
    return Status.NONZERO_EXIT


def _python_packages() -> tuple[str, ...]:
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return (
        f"{sys.base_prefix}/lib/{version}/site-packages",
        f"/usr/local/lib/{version}/dist-packages",
        "/usr/lib/python3/dist-packages",
    )


LANGUAGES: Final[dict[str, Language]] = {
    "python": Language(
        name="python",
        file_name="main.py",
        command=_python_command,
        sources=(sys.base_prefix,),
        masked=_python_packages(),
        failure=_python_failure,
    )
}
"""Name to language. Python programs have the standard library and nothing installed beside it."""


def language_named(name: str) -> Language:
    """Look up one language.

    Raises:
        SandboxError: there is none of this name.
    """
    if name not in LANGUAGES:
        raise SandboxError(f"no language {name!r}: have {', '.join(sorted(LANGUAGES))}")
    return LANGUAGES[name]


def program_files(language: Language, source: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """What lies in the box: the program under its own name, and its files.

    Lone surrogates go through as bytes that are no UTF-8: the program's fault, and its language
    says so.

    Raises:
        SandboxError: a file has the program's own name.
    """
    if language.file_name in files:
        raise SandboxError(f"file {language.file_name!r} is the program's own name; call it otherwise")
    return {**files, language.file_name: source.encode("utf-8", "surrogatepass")}
