"""`harness sandbox run`: one untrusted program, and what happened to it."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.errors import ConfigError
from sandbox.backend import open_backend
from sandbox.execution import Execution, Layer
from sandbox.job import MIB, Job, Limits
from sandbox.language import language_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRequest:
    """What the command line asks for."""

    program: Path
    stdin: Path | None
    language: str | None
    backend: str
    wall_seconds: float
    cpu_seconds: float
    memory_mib: int
    require: list[str]
    as_json: bool


def run_program(request: ProgramRequest) -> None:
    """Run the program and print its execution.

    Raises:
        ConfigError: a file cannot be read, or a limit is impossible.
    """
    try:
        job = Job(
            source=_read(request.program).decode(errors="surrogateescape"),
            language=request.language or language_of(request.program.name),
            stdin=_read(request.stdin) if request.stdin else b"",
            limits=Limits(
                wall_seconds=request.wall_seconds,
                cpu_seconds=request.cpu_seconds,
                memory_bytes=request.memory_mib * MIB,
            ),
        )
    except ValueError as error:
        raise ConfigError(str(error)) from error
    backend = open_backend(request.backend, require=_layers(request.require))
    try:
        execution = backend.run(job)
    finally:
        backend.close()
    if request.as_json:
        sys.stdout.write(json.dumps(execution_row(execution)) + "\n")
        return
    sys.stdout.write(execution.stdout.decode(errors="replace"))
    sys.stderr.write(execution.stderr.decode(errors="replace"))
    sys.stderr.write(
        f"{execution.status} (exit code {execution.exit_code}), {execution.cpu_seconds:.3f} s CPU, "
        f"{execution.wall_seconds:.3f} s wall, {execution.memory_bytes / MIB:.0f} MiB, "
        f"behind {', '.join(sorted(execution.layers)) or 'nothing'}\n"
    )


def _layers(names: list[str]) -> list[Layer]:
    known = ", ".join(sorted(Layer))
    try:
        return [Layer(name) for name in names]
    except ValueError as error:
        raise ConfigError(f"no such layer: {error}: have {known}") from error


def execution_row(execution: Execution) -> dict[str, object]:
    """An execution ready for JSON; bytes that are not UTF-8 become U+FFFD."""
    return {
        "status": execution.status.value,
        "exit_code": execution.exit_code,
        "stdout": execution.stdout.decode(errors="replace"),
        "stderr": execution.stderr.decode(errors="replace"),
        "wall_seconds": execution.wall_seconds,
        "cpu_seconds": execution.cpu_seconds,
        "memory_bytes": execution.memory_bytes,
        "layers": sorted(execution.layers),
    }


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error
