"""What is to be run: one program, its input and its limits."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

MIB = 1024 * 1024

_LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds that a program may not pass; each is positive.

    `cpu_seconds` is the time limit proper. `wall_seconds` is a generous outer bound, so that a
    loaded machine does not turn a right program into a slow one.
    """

    cpu_seconds: float = 5.0
    wall_seconds: float = 15.0
    memory_bytes: int = 512 * MIB
    output_bytes: int = 4 * MIB
    """For stdout and stderr each; what goes over is cut and the status says so."""
    file_bytes: int = 16 * MIB
    """For all that it writes into files together, where the backend can count it; else for each file."""
    files: int = 1024
    processes: int = 16
    """Processes and threads at once. Where no cgroup can be had it is threads alone."""
    open_files: int = 64

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"limit {name} must be positive and finite, not {getattr(self, name)!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One program to run once, in a fresh and empty place.

    `files` maps plain names to contents; they are laid beside the program before it starts.

    With an `entry_point` the program is not run for its output: that one function of it is called, with
    the arguments in `stdin` and the value on standard output, both in the coding of
    `sandbox.inside.call`.

    Raises:
        ValueError: a file's name is not a plain one.
    """

    source: str
    language: str = "python"
    stdin: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)
    entry_point: str | None = None
    limits: Limits = field(default_factory=Limits)

    @property
    def source_bytes(self) -> bytes:
        """The program's file. What was not UTF-8 and read by `surrogateescape` is again what it was."""
        try:
            return self.source.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            return self.source.encode("utf-8", "surrogatepass")

    def __post_init__(self) -> None:
        for name in self.files:
            plain = name.isprintable() and "/" not in name and name not in ("", ".", "..")
            if not plain or len(name.encode()) > _LONGEST_NAME:
                raise ValueError(
                    f"file name {name!r} is not a plain one: give at most {_LONGEST_NAME} "
                    "bytes of printable characters, no '/', and not '.' or '..'"
                )
