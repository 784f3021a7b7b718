"""The languages that programs may be in: one entry each, in one table.

A compiled language is compiled inside the sandbox too; what comes of it is kept by the text it came
from (`sandbox.artefacts`).
"""

import re
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sandbox.errors import SandboxError
from sandbox.execution import Status

BOX: Final = "/box"
PACKAGES: Final = "/packages"
"""Where the installed packages that Python programs may import lie inside."""

_SYNTAX_ERRORS: Final = (b"SyntaxError", b"IndentationError", b"TabError")
_TRACEBACK: Final = b"Traceback (most recent call last):"
_PUBLIC_CLASS: Final = re.compile(
    r"^[ \t]*public[ \t]+(?:final[ \t]+|abstract[ \t]+)*class[ \t]+(\w+)", re.MULTILINE
)
_ANY_CLASS: Final = re.compile(r"\bclass[ \t]+(\w+)")


def _plain_failure(stderr: bytes) -> Status:
    return Status.MEMORY_LIMIT if b"std::bad_alloc" in stderr else Status.NONZERO_EXIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How programs of one language are laid down, compiled, started and understood.

    In commands `{file}` stands for the program's file, `{name}` for that without its ending, and
    `{heap_mib}` for three quarters of its memory.
    """

    name: str
    file_name: Callable[[str], str]
    """The source to the name of the file that holds it."""
    command: tuple[str, ...] = ()
    """The words that start a program; empty where the slot's own Python runs it."""
    compiler: tuple[str, ...] = ()
    """The words that compile it, empty where it needs no compiling."""
    header: str = ""
    """One that is worth compiling beforehand (`sandbox.headers`)."""
    artefact: str = ""
    """The file that compiling makes; executed from a descriptor where it is the whole command."""
    tools: tuple[str, ...] = ()
    """Programs that must be installed."""
    sources: tuple[str, ...] = ()
    """What lies outside /usr and must be readable."""
    environment: Mapping[str, str] = field(default_factory=dict)
    reserves_memory: bool = False
    """It reserves far more address space than it uses: only a cgroup can hold it."""
    own_threads: int = 0
    """Threads that its runtime starts beside the program's."""
    needs_processes: bool = False
    failure: Callable[[bytes], Status] = _plain_failure
    """The stderr of a program that ended by itself with a code other than 0 to its status."""


def interpreter() -> str:
    """The Python that this process runs on, behind any virtual environment."""
    beside = Path(sys.base_prefix, "bin", f"python{sys.version_info[0]}.{sys.version_info[1]}")
    return str(beside if beside.exists() else Path(sys.executable).resolve())


def _python_failure(stderr: bytes) -> Status:
    """Python says what it was in its last line.

    A program can print the same words and exit with 1; that changes nothing but the name of its
    own failure.
    """
    lines = stderr.rstrip().rsplit(b"\n", 1)
    if lines[-1].startswith(b"MemoryError"):
        return Status.MEMORY_LIMIT
    # Without a traceback above it, the error is in the program's own text: nothing of it ran.
    if lines[-1].startswith((*_SYNTAX_ERRORS, b"ValueError: source code")) and _TRACEBACK not in stderr:
        return Status.COMPILE_ERROR
    return Status.NONZERO_EXIT


def installed_packages() -> tuple[str, ...]:
    """Folders of installed Python packages below what programs may read: they must look empty."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return (
        f"{sys.base_prefix}/lib/{version}/site-packages",
        f"/usr/local/lib/{version}/dist-packages",
        "/usr/lib/python3/dist-packages",
    )


def _java_file(source: str) -> str:
    found = _PUBLIC_CLASS.search(source) or _ANY_CLASS.search(source)
    return f"{found[1] if found else 'Main'}.java"


def _node_failure(stderr: bytes) -> Status:
    return Status.MEMORY_LIMIT if b"heap out of memory" in stderr else Status.NONZERO_EXIT


def _java_failure(stderr: bytes) -> Status:
    return Status.MEMORY_LIMIT if b"java.lang.OutOfMemoryError" in stderr else Status.NONZERO_EXIT


def _tool(name: str) -> str:
    return shutil.which(name, path="/usr/local/bin:/usr/bin:/bin") or f"/usr/bin/{name}"


_PATH: Final = {"PATH": "/usr/bin:/bin"}
"""All that an environment ever has, where tools look for each other."""

_CXX: Final = ("-O2", "-std=c++17", "-o", "program", "{file}")
_JAVAC: Final = f"{_tool('javac')} -J-XX:+UseSerialGC -d . {{file}} && {_tool('jar')} cf program.jar *.class"
_JAVA: Final = ("-Xmx{heap_mib}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss64m", "-Xshare:auto")
_LANGUAGES: Final = (
    Language(name="python", file_name=lambda _: "main.py", failure=_python_failure),
    Language(
        name="c",
        file_name=lambda _: "main.c",
        compiler=(_tool("gcc"), "-O2", "-std=gnu17", "-o", "program", "{file}", "-lm"),
        artefact="program",
        tools=("gcc",),
        environment=_PATH,
    ),
    Language(
        name="cpp",
        file_name=lambda _: "main.cpp",
        compiler=(_tool("g++"), *_CXX),
        header="bits/stdc++.h",
        artefact="program",
        tools=("g++",),
        environment=_PATH,
    ),
    Language(
        name="rust",
        file_name=lambda _: "main.rs",
        compiler=(_tool("rustc"), "-O", "--edition", "2021", "-o", "program", "{file}"),
        artefact="program",
        tools=("rustc",),
        environment=_PATH,
    ),
    Language(
        name="go",
        file_name=lambda _: "main.go",
        compiler=(_tool("go"), "build", "-o", "program", "{file}"),
        artefact="program",
        tools=("go",),
        environment={**_PATH, "HOME": BOX, "GOCACHE": f"{BOX}/.go", "GO111MODULE": "off"},
        reserves_memory=True,
        own_threads=16,
    ),
    Language(
        name="java",
        file_name=_java_file,
        compiler=("/bin/sh", "-c", _JAVAC),
        artefact="program.jar",
        command=(_tool("java"), *_JAVA, "-cp", f"{BOX}/program.jar", "{name}"),
        tools=("javac", "java"),
        sources=("/etc/java-17-openjdk", "/etc/java-21-openjdk"),
        reserves_memory=True,
        own_threads=40,
        failure=_java_failure,
    ),
    Language(
        name="javascript",
        file_name=lambda _: "main.js",
        command=(_tool("node"), "--max-old-space-size={heap_mib}", f"{BOX}/{{file}}"),
        tools=("node",),
        reserves_memory=True,
        own_threads=16,
        failure=_node_failure,
    ),
    Language(
        name="bash",
        file_name=lambda _: "main.sh",
        command=(_tool("bash"), f"{BOX}/{{file}}"),
        tools=("bash",),
        environment=_PATH,
        needs_processes=True,
    ),
)  # fmt: skip
_ENDINGS: Final = {
    "c": "c", "cc": "cpp", "cpp": "cpp", "cxx": "cpp", "go": "go", "java": "java", "js": "javascript",
    "rs": "rust", "sh": "bash",
}  # fmt: skip
LANGUAGES: Final[dict[str, Language]] = {language.name: language for language in _LANGUAGES}
"""Name to language. Python programs have the standard library, numpy, and nothing else."""


def language_named(name: str) -> Language:
    """Look up one language.

    Raises:
        SandboxError: there is none of this name.
    """
    if name not in LANGUAGES:
        raise SandboxError(f"no language {name!r}: have {', '.join(sorted(LANGUAGES))}")
    return LANGUAGES[name]


def language_of(file_name: str) -> str:
    """The language that a file's name ends in, `python` where it says nothing."""
    return _ENDINGS.get(file_name.rpartition(".")[2].lower(), "python")


def missing_tools(language: Language) -> list[str]:
    """What of its tools is not installed where programs could use it."""
    return [tool for tool in language.tools if not Path(_tool(tool)).exists()]


def checked_files(file_name: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The program's files.

    Raises:
        SandboxError: one has the program's own name.
    """
    if file_name in files:
        raise SandboxError(f"file {file_name!r} is the program's own name; call it otherwise")
    return dict(files)
