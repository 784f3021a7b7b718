"""Reads what stands above, below or behind a formula: exponents, indices, degrees, factorials, percent.

Not covered: indices before a formula, as in `{}_n C_k`.
"""

from collections.abc import Callable
from typing import Final

from rewards.mathematics.macros import MacroReader
from rewards.mathematics.node import Node, Unreadable, name


class ScriptReader(MacroReader):
    """Reads the mark that has just been taken, and gives the formula with it."""

    def power(self, base: Node) -> Node:
        """What stands above: an exponent, a degree sign, a prime."""
        if self.skip(r"\circ", r"\degree"):
            return Node("degree", (base,))
        if self.token.text == "{" and self.peek().text == r"\circ":
            self.take()
            self.take()
            self.need("}")
            return Node("degree", (base,))
        if self.skip(r"\prime"):
            return Node("name", text=base.text + "'")
        return Node("power", (base, self.script()))

    def index(self, base: Node) -> Node:
        """What stands below: a number's base, or a part of a name."""
        below = self.script()
        if base.kind == "number" and below.kind == "number":
            return Node("based", (base, below))
        if base.kind == "power" and base.parts[0].kind == "name":
            return Node("power", (name(f"{base.parts[0].text}_{_spelled(below)}"), base.parts[1]))
        if base.kind != "name":
            raise Unreadable("an index below what is no name")
        return name(f"{base.text}_{_spelled(below)}")

    def factorial(self, base: Node) -> Node:
        """The exclamation mark."""
        return Node("call", (base,), text="factorial")

    def percent(self, base: Node) -> Node:
        """The percent sign."""
        return Node("percent", (base,))

    def prime(self, base: Node) -> Node:
        """The mark of a derivative; a part of a name."""
        if base.kind != "name":
            raise Unreadable("a prime after what is no name")
        return name(base.text + "'")

    def script(self) -> Node:
        """An exponent or an index: braces, or the next atom."""
        if self.token.text == "{":
            return self.braced()
        if self.skip("-"):
            return Node("negative", (self.script(),))
        return self.atom()


def _spelled(node: Node) -> str:
    return "".join(part.text for part in node.walk() if part.kind in {"name", "number", "text"})


AFTER: Final[dict[str, Callable[[ScriptReader, Node], Node]]] = {
    "^": ScriptReader.power,
    "**": ScriptReader.power,
    "_": ScriptReader.index,
    "!": ScriptReader.factorial,
    "%": ScriptReader.percent,
    r"\%": ScriptReader.percent,
    "'": ScriptReader.prime,
}
