"""What a slot's Python has imported before a program comes, chosen by what the program imports.

A fork costs more the more is loaded, an import costs more than that: a program that imports nothing
gets the bare profile, one that uses the standard library the one that has it ready. Also says what a
program process may import once for all runs of one program.
"""

import functools
import importlib.util
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

BARE: Final = "bare"
LIGHT: Final = "light"
STANDARD: Final = "standard"
NUMPY: Final = "numpy"

_LIGHT_MODULES: Final = (
    "bisect", "collections", "collections.abc", "functools", "heapq", "itertools", "math", "operator",
)  # fmt: skip
_STANDARD_MODULES: Final = (
    "abc", "bisect", "collections", "collections.abc", "copy", "dataclasses", "datetime", "decimal", "enum",
    "fractions", "functools", "heapq", "io", "itertools", "json", "math", "operator", "os", "queue",
    "random", "re", "statistics", "string", "sys", "threading", "time", "typing",
)  # fmt: skip
_CHEAP: Final = frozenset({"builtins", "sys", "os", "io", "abc", "time", "itertools", "math", "_thread"})
"""Loaded by any Python, or so quick to load that it is not worth a heavier fork."""

PREIMPORTS: Final[Mapping[str, tuple[str, ...]]] = {
    BARE: ("math",),
    LIGHT: _LIGHT_MODULES,
    STANDARD: _STANDARD_MODULES,
    NUMPY: (*_STANDARD_MODULES, "numpy"),
}

_IMPORT: Final = re.compile(
    rb"^[ \t]{0,40}(?:from[ \t]+([A-Za-z_][\w.]*)[ \t]+import|import[ \t]+([A-Za-z_][\w., \t]*))",
    re.MULTILINE,
)
_SEARCHED_BYTES: Final = 200_000


def imports(source: bytes) -> frozenset[str]:
    """Names of the modules that a program's text seems to import; a string may look like an import."""
    found = set()
    for one, several in _IMPORT.findall(source[:_SEARCHED_BYTES]):
        for part in (one or several).split(b","):
            words = part.split()
            if words:
                found.add(words[0].decode("ascii"))
    return frozenset(found)


def profile_for(wanted: Collection[str], *, calls: bool, several: bool = False) -> str:
    """The profile for a program that imports `wanted`.

    Args:
        wanted: names of modules.
        calls: one function of it is called, which brings imports of its own.
        several: a process of its own imports once for several runs, and is the lighter to fork the
            less else it has.
    """
    roots = {name.partition(".")[0] for name in wanted}
    if "numpy" in roots and package_paths():
        return NUMPY
    if not calls and roots <= _CHEAP:
        return BARE
    if not calls and roots <= _CHEAP | set(_LIGHT_MODULES):
        return LIGHT
    return BARE if several and not calls else STANDARD


def importable_once(wanted: Collection[str], files: Collection[str]) -> list[str]:
    """Those of `wanted` that are the standard library's own and not replaced by a file of the program."""
    own = {name.partition(".")[0] for name in files}
    known = set(_STANDARD_MODULES) | ({"numpy"} if package_paths() else set())
    return sorted(name for name in wanted if name in known and name.partition(".")[0] not in own)


@functools.cache
def package_paths() -> tuple[Path, ...]:
    """The folders of numpy and its libraries as they lie here; empty where it is not installed."""
    found = importlib.util.find_spec("numpy")
    if found is None or not found.submodule_search_locations:
        return ()
    package = Path(found.submodule_search_locations[0])
    libraries = package.parent / "numpy.libs"
    return (package, libraries) if libraries.exists() else (package,)
