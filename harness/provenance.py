"""Where each value of a recipe was said: the line of its file, a `--set`, or nowhere, which is a default."""

import tomllib
from collections.abc import Sequence
from typing import Any

from harness.recipe import read_override
from harness.stages import leaves


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
            for name, value in leaves(tree):
                if value != {}:  # a header alone says nothing yet
                    found.setdefault(name, f"{file}:{begun + 1}")
            begun = end
    for override in overrides:
        name, value = read_override(override)
        found = {each: where for each, where in found.items() if not each.startswith(f"{name}.")}
        found |= dict.fromkeys((each for each, _ in leaves(value, name)), "--set")
    return found


def _tree(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
