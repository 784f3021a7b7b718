"""The port that every sandbox backend fits, and the one table of backends."""

import pkgutil
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Final, Protocol

from sandbox.errors import SandboxError, SandboxUnavailable
from sandbox.execution import Execution, Layer
from sandbox.job import Job, Limits


class Backend(Protocol):
    """Runs jobs, from one thread or from many at once, and from the children of a fork."""

    name: str
    layers: frozenset[Layer]
    """What holds around every program that this backend runs."""

    def run(self, job: Job) -> Execution:
        """Run one program to its end.

        Raises:
            SandboxError: the sandbox failed; the program is not to blame.
        """
        ...

    def run_each(self, job: Job, runs: Iterable[tuple[bytes, Limits]]) -> Generator[Execution, None, None]:
        """Run one program once for each input and limits, each time in a process of its own.

        Ordered and lazy: a run is taken when its execution is asked for, so that its limits may hang on
        what came before, and whoever has enough stops asking.

        Raises:
            SandboxError: as for `run`; runs that were yielded already stand.
        """
        ...

    def run_shared(self, job: Job, stdins: Sequence[bytes]) -> list[Execution] | None:
        """Run one program on all inputs in one process; None where that cannot be, or went wrong anywhere.

        One run may change the next: only outputs that are all right count, others are to be had by
        `run_each`. Limits are for all together, but for output.

        Raises:
            SandboxError: as for `run`.
        """
        ...

    def converse(self, judge: Job, program: Job) -> tuple[Execution, Execution]:
        """Run two programs at once, each one's output the other's input; `program` ends with its judge.

        Standard output of both is empty in what comes back.

        Raises:
            SandboxError: as for `run`.
        """
        ...

    def close(self) -> None:
        """Give back what the backend holds. Safe to call twice."""
        ...


BACKENDS: Final[dict[str, str]] = {
    "embedded": "sandbox.backends.embedded:EmbeddedBackend",
    "landlock": "sandbox.backends.embedded:landlock_backend",
    "docker": "sandbox.backends.docker:DockerBackend",
    "unsafe": "sandbox.backends.unsafe:UnsafeBackend",
    "scripted": "sandbox.backends.scripted:ScriptedBackend",
}
"""Name to `module:attribute`. `landlock` is `embedded` as it is where namespaces are refused; `unsafe`
isolates nothing and is only ever chosen by its name; `scripted` is the fake that tests use."""

ISOLATING: Final = ("embedded",)
"""What `auto` may choose from, best first."""


def open_backend(name: str = "auto", *, require: Iterable[Layer] = ()) -> Backend:
    """Open the backend called `name`, or for `auto` the best isolating one that works here.

    Args:
        name: a key of `BACKENDS`, `auto`, or a `module:attribute` of the user's own.
        require: layers that must hold.

    Raises:
        SandboxUnavailable: it cannot run here, or lacks a required layer; the message says why.
    """
    if name != "auto":
        return _checked(_open_named(name), require)
    reasons = []
    for candidate in ISOLATING:
        try:
            return _checked(_open_named(candidate), require)
        except SandboxUnavailable as error:
            reasons.append(f"{candidate}: {error}")
    raise SandboxUnavailable(
        "no isolating sandbox works here (" + "; ".join(reasons) + "). `harness doctor` says what is "
        "missing; sandbox 'unsafe' runs programs without isolation and must be asked for by name"
    )


def _open_named(name: str) -> Backend:
    target = BACKENDS.get(name, name)
    if ":" not in target:
        known = ", ".join(sorted(BACKENDS))
        raise SandboxError(
            f"no sandbox backend {name!r}: have auto, {known}, or a 'module:attribute' of your own"
        )
    factory: Callable[[], Backend] = pkgutil.resolve_name(target)
    return factory()


def _checked(backend: Backend, require: Iterable[Layer]) -> Backend:
    missing = sorted(set(require) - backend.layers)
    if missing:
        backend.close()
        raise SandboxUnavailable(f"backend {backend.name!r} lacks {', '.join(missing)}")
    return backend
