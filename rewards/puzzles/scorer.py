"""What a scorer of puzzles is, and what it reads off an entry."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

T = TypeVar("T")

Entry = Mapping[str, Any]
"""`{"answer": TEXT or None, "metadata": {...}}`, as JSON brings it."""
Scorer = Callable[[str, Entry], float]
"""The score in [0, 1] of a stripped, non-empty answer. Raises what it likes where an answer is junk;
what it needs of an entry it reads before it looks at the answer."""

MAX_ANSWER_CHARS: Final = 100_000
"""No dataset's answers are so long; longer ones earn nothing."""

EVALUATED: Final = frozenset(
    {
        *("binary_matrix", "n_queens", "spiral_matrix", "string_insertion", "countdown", "puzzle24"),
        *("polynomial_multiplication", "simple_integration", "intermediate_integration"),
    }
)
"""Datasets whose published scorers evaluate the answer as Python."""


class NoAnswer(Exception):
    """The text has not the form of an answer to this dataset."""


class Ungradable(Exception):
    """What the entry itself says cannot be read: nobody's answer can be judged by it."""


def known(read: Callable[[str], T], text: str) -> T:
    """Read a text of the entry. Raises `Ungradable` where `read` finds no answer in it."""
    try:
        return read(text)
    except NoAnswer as error:
        raise Ungradable(f"{text!r:.80} is in the entry") from error
