r"""Reads formulas: sums, products, powers, roots, functions, absolute values, matrices.

Recursive descent over `rewards.mathematics.tokens`, at most `MAX_DEPTH` deep and in one pass.

Not covered: sums and integrals with bounds, limits and derivatives, which are `Unreadable`.
"""

from fractions import Fraction
from typing import Final

from rewards.mathematics.macros import MACROS
from rewards.mathematics.node import Node, Unreadable, name, number
from rewards.mathematics.scripts import AFTER, ScriptReader
from rewards.mathematics.tokens import MAX_EXPONENT
from rewards.mathematics.words import (
    CONSTANT_WORDS,
    FUNCTIONS,
    GREEK,
    JOINING_WORDS,
    OPAQUE,
    OVER,
    PLAIN_FUNCTIONS,
    PRODUCT_OF_LETTERS,
    SAME_FUNCTION,
    SAME_NAME,
    TIMES,
    is_words,
)

MAX_DEPTH: Final = 40

MAX_RUN_LETTERS: Final = 6
"""A longer word before an exponent is a word."""


class FormulaReader(ScriptReader):
    """Reads formulas off a list of tokens."""

    def __init__(self, text: str) -> None:
        """Raises `Unreadable` where the text has no tokens."""
        super().__init__(text)
        self._depth = 0
        self._bars = 0

    def formula(self) -> Node:
        """A sum."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unreadable("too deep")
        left = self._signed_term()
        parts = [left]
        while self.token.text in {"+", "-", r"\pm", r"\mp"}:
            if self.token.text in {r"\pm", r"\mp"}:
                sign = "+" if self.take().text == r"\pm" else "-"
                base = parts[0] if len(parts) == 1 else Node("sum", tuple(parts))
                parts = [Node("plusminus", (base, self._term()), text=sign)]
            else:
                parts.append(self._signed_term())
        self._depth -= 1
        return parts[0] if len(parts) == 1 else Node("sum", tuple(parts))

    def _signed_term(self) -> Node:
        if self.skip("+"):
            return self._signed_term()
        if self.skip("-"):
            return Node("negative", (self._signed_term(),))
        if self.token.text in {r"\pm", r"\mp"}:
            sign = "+" if self.take().text == r"\pm" else "-"
            return Node("plusminus", (number(0), self._term()), text=sign)
        return self._term()

    def _term(self) -> Node:
        left = self._factor()
        while True:
            if self.token.text in TIMES:
                self.take()
                left = _times(left, self._signed_factor())
            elif self.token.text in OVER:
                self.take()
                left = Node("ratio", (left, self._signed_factor()))
            elif self._begins_factor():
                left = self._juxtaposed(left)
            else:
                return left

    def _signed_factor(self) -> Node:
        if self.skip("-"):
            return Node("negative", (self._signed_factor(),))
        return self._factor()

    def _juxtaposed(self, left: Node) -> Node:
        """A factor right after another: a product, a mixed number, or a unit."""
        token = self.token
        if left.kind == "text":
            if token.kind not in {"text", "word"}:
                raise Unreadable("a formula after words")
            return Node("text", text=f"{left.text} {self._words()}")
        if token.kind == "text" or (token.kind == "word" and is_words(token.text)):
            return Node("unit", (left,), text=self._words())
        if (
            token.kind == "number"
            and left.kind == "number"
            and not (self.peek().text == "/" and self.peek(2).kind == "number")
        ):
            raise Unreadable("two numbers side by side")
        mixed = left.kind == "number" and token.text in {r"\frac", r"\dfrac", r"\tfrac"}
        mixed = mixed or (token.kind == "number" and left.kind == "number")
        right = self._factor()
        if token.kind == "number" and mixed and self.skip("/"):
            right = Node("ratio", (right, self._factor()))
        if mixed and right.kind == "ratio" and all(part.kind == "number" for part in right.parts):
            return Node("sum", (left, right))
        return _times(left, right)

    def _words(self) -> str:
        words = []
        while self.token.kind == "text" or (
            self.token.kind == "word" and self.token.text.lower() not in JOINING_WORDS
        ):
            words.append(self.take().text.strip("\x01\x02 "))
            if self.token.text == "^" and self.peek().kind == "number":
                self.take()
                words.append("^" + self.take().text)
        return " ".join(words)

    def _begins_factor(self) -> bool:
        token = self.token
        if token.kind == "number":
            return True
        if token.kind == "text":
            return token.text.strip("\x01\x02 ,") not in JOINING_WORDS
        if token.kind == "word":
            return token.text not in JOINING_WORDS
        if token.text in {"(", "{", "\x03<"}:
            return True
        if token.text == "|":
            return self._bars == 0
        return token.kind == "command" and token.text[1:] in _COMMAND_FACTORS

    def _factor(self) -> Node:
        word = self.token.text if self.token.kind == "word" else ""
        base = self.atom()
        lead: tuple[Node, ...] = ()
        if self.token.text in AFTER and _is_run(base, word, self.token.text):
            lead, base = tuple(name(letter) for letter in word[:-1]), name(word[-1])
        while (after := AFTER.get(self.token.text)) is not None:
            self.take()
            base = after(self, base)
        return Node("product", (*lead, base)) if lead else base

    def atom(self) -> Node:
        """The smallest formula: a number, a letter, a macro, what brackets enclose."""
        token = self.take()
        if token.kind == "text":
            return Node("text", text=token.text.strip("\x01\x02 "))
        reader = {"number": self._number, "word": self._word, "command": self._command}.get(token.kind)
        return reader(token.text) if reader is not None else self._enclosed(token.text)

    def _enclosed(self, opening: str) -> Node:
        if opening in _BRACKETS:
            inner = self.formula()
            self.need(_BRACKETS[opening])
            return inner
        if opening == "|":
            self._bars += 1
            inner = self.formula()
            self.need("|")
            self._bars -= 1
            return Node("call", (inner,), text="abs")
        if opening == "\x03<":
            return self.matrix()
        raise Unreadable(f"no formula begins with {opening!r}")

    def _number(self, text: str) -> Node:
        mantissa, _, exponent = text.lower().partition("e")
        if exponent and abs(int(exponent[:8])) > MAX_EXPONENT:
            raise Unreadable("too large an exponent")
        value = Fraction(mantissa.rstrip(".")) * Fraction(10) ** int(exponent or 0)
        return number(value, text)

    def _word(self, word: str) -> Node:
        if word in PLAIN_FUNCTIONS:
            return self._called(SAME_FUNCTION.get(word, word))
        if word.lower() in CONSTANT_WORDS and word != "PI":
            return name(CONSTANT_WORDS[word.lower()])
        if len(word) == 1:
            return self._letter(word)
        if len(word) > PRODUCT_OF_LETTERS:
            return name(word) if word in GREEK else Node("text", text=word)
        return Node("product", tuple(name(letter) for letter in word))

    def _letter(self, letter: str) -> Node:
        if letter in OPAQUE and self.token.text == "(" and self.token.glued:
            self.take()
            arguments = [self.formula()]
            while self.skip(","):
                arguments.append(self.formula())
            self.need(")")
            return Node("call", tuple(arguments), text="\x00" + letter)
        return name(letter)

    def _command(self, written: str) -> Node:
        command = written[1:]
        reader = MACROS.get(command)
        if reader is not None:
            return reader(self)
        if command in FUNCTIONS:
            return self._called(SAME_FUNCTION.get(command, command))
        if command in CONSTANT_WORDS:
            return name(CONSTANT_WORDS[command])
        if command in GREEK:
            return name(SAME_NAME.get(command, command))
        raise Unreadable(f"no formula has \\{command}")

    def _called(self, function: str) -> Node:
        if function in {"sqrt", "cbrt"}:
            degree = 2 if function == "sqrt" else 3
            return Node("power", (self.argument(), Node("ratio", (number(1), number(degree)))))
        exponent = base = None
        while self.token.text in {"^", "**", "_"}:
            if self.take().text == "_":
                base = self.script()
            else:
                exponent = self.script()
        called = Node("call", self._arguments(function), text=function)
        if base is not None:
            called = Node("ratio", (called, Node("call", (base,), text="ln")))
            called = Node("ratio", (Node("call", called.parts[0].parts, text="ln"), called.parts[1]))
        if exponent is None:
            return called
        if exponent in (Node("negative", (number(1, "1"),)), number(-1)):
            return Node("call", called.parts, text=_INVERSE.get(function, "\x00inverse " + function))
        return Node("power", (called, exponent))

    def _arguments(self, function: str) -> tuple[Node, ...]:
        if self.token.text == "(":
            self.take()
            arguments = [self.formula()]
            while self.skip(","):
                arguments.append(self.formula())
            self.need(")")
            return tuple(arguments)
        argument = self._signed_factor()
        while self._begins_factor() and self.token.text.lstrip("\\") not in PLAIN_FUNCTIONS:
            if self.token.kind == "text" or self.token.text in {"(", "|"}:
                break
            argument = _times(argument, self._factor())
        return (argument,)


def _times(left: Node, right: Node) -> Node:
    parts = left.parts if left.kind == "product" else (left,)
    return Node("product", (*parts, right))


_BRACKETS: Final = {"(": ")", "[": "]", "{": "}"}
_INVERSE: Final = {"sin": "arcsin", "cos": "arccos", "tan": "arctan"}
_COMMAND_FACTORS: Final = frozenset(MACROS) | FUNCTIONS | frozenset(CONSTANT_WORDS) | GREEK


def _is_run(base: Node, word: str, after: str) -> bool:
    """Whether what follows a word belongs to its last letter alone: `ab^2` is a times the square of b."""
    longest = MAX_RUN_LETTERS if after == "^" else PRODUCT_OF_LETTERS
    return base.kind in {"product", "text"} and 1 < len(word) <= longest
