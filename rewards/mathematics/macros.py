r"""Reads LaTeX's macros with arguments: fractions, roots, binomials, brackets of their own, matrices.

Not covered: macros with bounds, as sums and integrals have.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import Final

from rewards.mathematics.cursor import Cursor
from rewards.mathematics.node import Node, Unreadable, number
from rewards.mathematics.tokens import Token


class MacroReader(Cursor):
    """Reads what stands behind a command or an opening mark that has been taken."""

    @abstractmethod
    def formula(self) -> Node:
        """A sum."""

    @abstractmethod
    def atom(self) -> Node:
        """The smallest formula."""

    def fraction(self) -> Node:
        r"""`\frac` and its two arguments."""
        above = self.argument()
        return Node("ratio", (above, self.argument()))

    def root(self) -> Node:
        r"""`\sqrt`, with or without a degree."""
        degree = None
        if self.skip("["):
            degree = self.formula()
            self.need("]")
        inner = self.argument()
        exponent = Node("ratio", (number(1), degree or number(2)))
        return Node("power", (inner, exponent))

    def binomial(self) -> Node:
        r"""`\binom` and its two arguments."""
        above = self.argument()
        return Node("call", (above, self.argument()), text="binomial")

    def floor(self) -> Node:
        """From floor bracket to floor bracket."""
        inner = self.formula()
        self.need(r"\rfloor")
        return Node("call", (inner,), text="floor")

    def ceiling(self) -> Node:
        """From ceiling bracket to ceiling bracket."""
        inner = self.formula()
        self.need(r"\rceil")
        return Node("call", (inner,), text="ceil")

    def norm(self) -> Node:
        r"""Between `\lvert` and `\rvert`."""
        inner = self.formula()
        self.need(r"\rvert")
        return Node("call", (inner,), text="abs")

    def argument(self) -> Node:
        """A macro's argument: braces, or one digit, letter or command."""
        if self.token.text == "{":
            return self.braced()
        token = self.token
        if token.kind in {"number", "word"} and len(token.text) > 1:
            self._tokens[self._at : self._at + 1] = [
                Token(token.kind, token.text[0], token.glued),
                Token(token.kind, token.text[1:], True),
            ]
        return self.atom()

    def braced(self) -> Node:
        """What stands between braces."""
        self.need("{")
        inner = self.formula()
        self.need("}")
        return inner

    def matrix(self) -> Node:
        """Rows and cells up to the end of the environment."""
        rows = [[self.formula()]]
        while not self.skip("\x03>"):
            if self.skip("&"):
                rows[-1].append(self.formula())
            elif self.token.kind == "newline":
                self.take()
                if self.token.text != "\x03>":
                    rows.append([self.formula()])
            else:
                raise Unreadable("a matrix that never ends")
        return Node("matrix", tuple(Node("row", tuple(row)) for row in rows))


MACROS: Final[dict[str, Callable[[MacroReader], Node]]] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), MacroReader.fraction),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), MacroReader.binomial),
    "sqrt": MacroReader.root,
    "lfloor": MacroReader.floor,
    "lceil": MacroReader.ceiling,
    "lvert": MacroReader.norm,
}
