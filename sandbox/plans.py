"""What a slot's launcher is told to make: with namespaces, or without."""

import sys
from pathlib import Path
from typing import Any, Final

import sandbox
from sandbox.errors import SandboxUnavailable
from sandbox.identity import id_maps, is_root, unused_users
from sandbox.inside.launcher import BOX_USER
from sandbox.inside.tree import BOX, WRITABLE
from sandbox.language import PACKAGES, installed_packages
from sandbox.profiles import NUMPY, PREIMPORTS, package_paths
from sandbox.refusals import alone_filter, only_itself_filter, program_filter
from sandbox.slot import SlotKind

_PID_PLACE: Final = 0x5A5A5A5A
_LIBRARIES: Final = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/bin",
    "/usr/share/zoneinfo",
)


def namespace_plan(kind: SlotKind) -> dict[str, Any]:
    """A slot with a root of its own: the system's libraries and the interpreter, read-only, and a scratch."""
    packages = package_paths() if kind.profile == NUMPY else ()
    outside = [
        (path, inside) for path, inside in ((sys.base_prefix,) * 2, *kind.sources) if _is_outside(path)
    ]
    return {
        **_common(kind),
        "namespaces": True,
        "id_maps": id_maps(BOX_USER),
        "drop_groups": is_root(),
        "server_user": 0 if is_root() else BOX_USER,
        "drop_to": BOX_USER if is_root() else None,
        "everything": True,
        "extra_filter": alone_filter(),
        "box": BOX,
        "scratch": WRITABLE,
        "scratch_bytes": kind.scratch_bytes,
        "scratch_files": kind.scratch_files,
        "sources": [
            *((path, path) for path in ("/usr", "/etc/ld.so.cache", "/etc/alternatives")),
            *outside,
            *((str(path), f"{PACKAGES}/{path.name}") for path in packages),
        ],
        "masked": list(installed_packages()),
        "package_paths": [PACKAGES] if packages else [],
    }


def landlock_plan(kind: SlotKind, folder: Path) -> dict[str, Any]:
    """A slot in the host's own file tree, of which it sees libraries and the interpreter alone.

    Raises:
        SandboxUnavailable: this process is root and may not become anyone else.
    """
    if is_root():
        _check_readable(Path(sys.base_prefix))
    packages = package_paths() if kind.profile == NUMPY else ()
    hidden = {Path(path) for path in installed_packages()}
    readable = [
        path
        for place in (*_LIBRARIES, sys.base_prefix, *(path for path, _ in kind.sources))
        for path in _without(Path(place), hidden)
    ]
    return {
        **_common(kind),
        "namespaces": False,
        "drop_groups": is_root(),
        "server_user": unused_users()[0] if is_root() else None,
        "drop_to": None,
        "everything": False,
        "extra_filter": only_itself_filter(_PID_PLACE),
        "box": str(folder),
        "scratch": [],
        "readable": [*map(str, readable), *map(str, packages), "/etc/ld.so.cache", str(folder)],
        "package_paths": [str(packages[0].parent)] if packages else [],
    }


def _common(kind: SlotKind) -> dict[str, Any]:
    return {
        "filter": program_filter(),
        "preimports": list(PREIMPORTS[kind.profile]),
        "hidden_paths": [str(Path(sandbox.__path__[0]).parent)],
    }


def _is_outside(path: str) -> bool:
    return not Path(path).is_relative_to("/usr")


def _check_readable(prefix: Path) -> None:
    """Whether the user that a slot of root's becomes could read the interpreter.

    Raises:
        SandboxUnavailable: it could not.
    """
    closed = [str(path) for path in (prefix, *prefix.parents) if not path.stat().st_mode & 0o001]
    if closed:
        raise SandboxUnavailable(
            f"Python lies in {prefix}, and {closed[-1]} is closed to the user that programs run as: use a "
            "Python that everyone can read, or run as an ordinary user"
        )


def _without(place: Path, hidden: set[Path]) -> list[Path]:
    """The place, or what of it is left without the hidden ones below it."""
    if place in hidden or not place.exists():
        return []
    if not any(each.is_relative_to(place) for each in hidden) or not place.is_dir():
        return [place]
    return [path for inner in sorted(place.iterdir()) for path in _without(inner, hidden)]
