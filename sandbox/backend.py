"""The port that every sandbox backend fits, and the one table of backends."""

import pkgutil
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from sandbox.errors import SandboxError, SandboxUnavailable
from sandbox.execution import Execution, Layer
from sandbox.job import Job


class Backend(Protocol):
    """Runs jobs one at a time or from many threads at once."""

    name: str
    layers: frozenset[Layer]
    """What holds around every program that this backend runs."""

    def run(self, job: Job) -> Execution:
        """Run one program to its end.

        Raises:
            SandboxError: the sandbox failed; the program is not to blame.
        """
        ...

    def close(self) -> None:
        """Give back what the backend holds. Safe to call twice."""
        ...


BACKENDS: Final[dict[str, str]] = {
    "embedded": "sandbox.backends.embedded:EmbeddedBackend",
    "unsafe": "sandbox.backends.unsafe:UnsafeBackend",
    "scripted": "sandbox.backends.scripted:ScriptedBackend",
}
"""Name to `module:attribute`. `unsafe` isolates nothing and is only ever chosen by its name;
`scripted` is the fake that tests use."""

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
