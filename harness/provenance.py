"""Where each value of a recipe was said: the line of its file, a `--set`, or nowhere, which is a default."""

import tomllib
from collections.abc import Sequence
from typing import Any

from harness.stages import leaves

DEFAULT = "default"


def origins(text: str, overrides: Sequence[str] = (), *, file: str) -> dict[str, str]:
    """`FILE:LINE` or `--set` of every value that was said, by dotted name.

    A file's beginnings up to each line are read in turn: where one more line makes a whole file
    again, what is new in it was said there. A value over several lines counts for its first.

    Args:
        text: a recipe that can be read.
        overrides: `key=value` by dotted name, as `--set` takes them.
        file: what the file is called.
    """
    found: dict[str, str] = {}
    lines = text.splitlines(keepends=True)
    begun = 0
    for end in range(1, len(lines) + 1):
        if not lines[begun].strip() or lines[begun].lstrip().startswith("#"):
            begun = end
            continue
        tree = _tree("".join(lines[:end]))
        if tree is not None:
            for name, _ in leaves(tree):
                found.setdefault(name, f"{file}:{begun + 1}")
            begun = end
    for override in overrides:
        name = override.partition("=")[0].strip()
        inner = [each for each in found if each.startswith(f"{name}.")]
        found |= dict.fromkeys([name, *inner], "--set")
    return found


def origin(name: str, said: dict[str, str]) -> str:
    """The origin of one value: its own, or of the whole table or list that brought it."""
    while name:
        if name in said:
            return said[name]
        name = name.rpartition(".")[0]
    return DEFAULT


def _tree(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
