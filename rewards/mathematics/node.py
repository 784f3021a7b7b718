"""What a mathematical text says, as a tree."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction


class Unreadable(Exception):
    """The text is not in the grammar: says nothing of its value."""


@dataclass(frozen=True, slots=True)
class Node:
    """One piece of a formula or of an answer's structure.

    Kinds of formulas: `number` (with `value`; `text` as written), `name`, `sum`, `negative`, `product`,
    `ratio`, `power`, `call` (`text` is the function), `plusminus` (`text` is "+" or "-", its upper sign),
    `percent`, `degree`, `based` (digits and their base), `unit` (`text` is the unit), `matrix` of `row`s.

    Kinds of structure: `text`, `relation` (`text` holds the signs between its parts, blanks between),
    `bracket` (`text` holds both brackets), `set`, `group` (LaTeX braces around a list), `listing`, `union`,
    `difference`, `proportion`.
    """

    kind: str
    parts: tuple["Node", ...] = ()
    text: str = ""
    value: Fraction | None = None

    def walk(self) -> Iterator["Node"]:
        """This node and all below it."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def has(self, *kinds: str) -> bool:
        """Whether a node of one of these kinds is in it."""
        return any(node.kind in kinds for node in self.walk())

    def names(self) -> frozenset[str]:
        """The free letters in it; constants are none."""
        return frozenset(node.text for node in self.walk() if node.kind == "name") - CONSTANTS


CONSTANTS = frozenset({"pi", "e", "i", "oo"})


def number(value: Fraction | int, text: str = "") -> Node:
    """An exact number."""
    return Node("number", text=text, value=Fraction(value))


def name(text: str) -> Node:
    """A letter, a Greek letter, or one with an index."""
    return Node("name", text=text)
