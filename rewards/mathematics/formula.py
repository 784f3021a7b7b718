r"""Reads formulas: sums, products, powers, roots, functions, absolute values, matrices.

Recursive descent over `rewards.mathematics.tokens`, at most `MAX_DEPTH` deep and in one pass.

Not covered: sums and integrals with bounds, limits and derivatives, which are `Unreadable`.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Final

from rewards.mathematics.node import Node, Unreadable, name, number
from rewards.mathematics.tokens import MAX_EXPONENT, Token, tokens
from rewards.mathematics.words import (
    CONSTANT_WORDS,
    DEGREE_WORDS,
    FUNCTIONS,
    GREEK,
    JOINING_WORDS,
    OPAQUE,
    OVER,
    PERCENT_WORDS,
    PLAIN_FUNCTIONS,
    SAME_FUNCTION,
    SAME_NAME,
    TIMES,
    unit_of,
)

MAX_DEPTH: Final = 40
_PRODUCT_OF_LETTERS: Final = 3
"""A word of more letters is a word; `abc` is a product."""


class FormulaReader:
    """Reads formulas off a list of tokens."""

    def __init__(self, text: str) -> None:
        """Raises `Unreadable` where the text has no tokens."""
        self._tokens = tokens(text)
        self._at = 0
        self._depth = 0
        self._bars = 0

    @property
    def token(self) -> Token:
        """The token at hand."""
        return self._tokens[self._at]

    def peek(self, ahead: int = 1) -> Token:
        """A token further on; the end where there is none."""
        return self._tokens[min(self._at + ahead, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Take the token at hand."""
        token = self.token
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def skip(self, *texts: str) -> bool:
        """Take the token at hand if it is one of these."""
        if self.token.text in texts and self.token.kind in {"sign", "command", "environment", "word"}:
            self.take()
            return True
        return False

    def need(self, text: str) -> None:
        """Take this token; raises `Unreadable` where another is at hand."""
        if not self.skip(text):
            raise Unreadable(f"{text!r} missing before {self.token.text!r}")

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
        if token.kind == "text" or (token.kind == "word" and _is_words(token.text)):
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
        base = self._atom()
        while True:
            after = _AFTER.get(self.token.text)
            if after is None:
                return base
            self.take()
            base = after(self, base)

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
        return Node("power", (base, self._script()))

    def index(self, base: Node) -> Node:
        """What stands below: a number's base, or a part of a name."""
        below = self._script()
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

    def _script(self) -> Node:
        if self.token.text == "{":
            return self._braced()
        if self.skip("-"):
            return Node("negative", (self._script(),))
        token = self.token
        if token.kind == "number" and not token.text.isdigit():
            return self._atom()
        if token.kind == "word" and token.text not in FUNCTIONS:
            return self._atom()
        return self._argument_digit() or self._atom()

    def _argument_digit(self) -> Node | None:
        """`\\frac12` and `2^10`: LaTeX takes one digit; people who write `x^10` mean ten."""
        return self._number(self.take().text) if self.token.kind == "number" else None

    def _atom(self) -> Node:
        token = self.take()
        if token.kind == "number":
            return self._number(token.text)
        if token.kind == "word":
            return self._word(token.text)
        if token.kind == "text":
            return Node("text", text=token.text.strip("\x01\x02 "))
        if token.kind == "command":
            return self._command(token.text[1:])
        if token.text == "(":
            inner = self.formula()
            self.need(")")
            return inner
        if token.text == "[":
            inner = self.formula()
            self.need("]")
            return inner
        if token.text == "{":
            self._at -= 1
            return self._braced()
        return self._enclosed(token.text)

    def _enclosed(self, opening: str) -> Node:
        if opening == "|":
            self._bars += 1
            inner = self.formula()
            self.need("|")
            self._bars -= 1
            return Node("call", (inner,), text="abs")
        if opening == "\x03<":
            return self._matrix()
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
        if len(word) > _PRODUCT_OF_LETTERS:
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

    def _command(self, command: str) -> Node:
        reader = _COMMANDS.get(command)
        if reader is not None:
            return reader(self)
        if command in FUNCTIONS:
            return self._called(SAME_FUNCTION.get(command, command))
        if command in CONSTANT_WORDS:
            return name(CONSTANT_WORDS[command])
        if command in GREEK:
            return name(SAME_NAME.get(command, command))
        raise Unreadable(f"no formula has \\{command}")

    def fraction(self) -> Node:
        """`\\frac` and its two arguments."""
        above = self._argument()
        return Node("ratio", (above, self._argument()))

    def root(self) -> Node:
        """`\\sqrt`, with or without a degree."""
        degree = None
        if self.skip("["):
            degree = self.formula()
            self.need("]")
        inner = self._argument()
        exponent = Node("ratio", (number(1), degree or number(2)))
        return Node("power", (inner, exponent))

    def binomial(self) -> Node:
        """`\\binom` and its two arguments."""
        above = self._argument()
        return Node("call", (above, self._argument()), text="binomial")

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
        """Between `\\lvert` and `\\rvert`."""
        inner = self.formula()
        self.need(r"\rvert")
        return Node("call", (inner,), text="abs")

    def _argument(self) -> Node:
        """A macro's argument: braces, or one digit, letter or command."""
        if self.token.text == "{":
            return self._braced()
        token = self.token
        if token.kind in {"number", "word"} and len(token.text) > 1:
            self._tokens[self._at] = Token(token.kind, token.text[1:], True)
            head = token.text[0]
            return self._number(head) if head.isdigit() else name(head)
        return self._atom()

    def _braced(self) -> Node:
        self.need("{")
        inner = self.formula()
        self.need("}")
        return inner

    def _called(self, function: str) -> Node:
        if function in {"sqrt", "cbrt"}:
            degree = 2 if function == "sqrt" else 3
            return Node("power", (self._argument(), Node("ratio", (number(1), number(degree)))))
        exponent = base = None
        while self.token.text in {"^", "**", "_"}:
            if self.take().text == "_":
                base = self._script()
            else:
                exponent = self._script()
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

    def _matrix(self) -> Node:
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


def _is_words(word: str) -> bool:
    """Whether a run of letters after a number is words and not letters multiplied."""
    known = unit_of(word) is not None and len(word) > 1
    if word in PLAIN_FUNCTIONS or word.lower() in CONSTANT_WORDS or word in JOINING_WORDS or word in GREEK:
        return False
    return known or len(word) > _PRODUCT_OF_LETTERS or word.lower() in PERCENT_WORDS | DEGREE_WORDS


def _times(left: Node, right: Node) -> Node:
    parts = left.parts if left.kind == "product" else (left,)
    return Node("product", (*parts, right))


def _spelled(node: Node) -> str:
    return "".join(part.text for part in node.walk() if part.kind in {"name", "number", "text"})


_INVERSE: Final = {"sin": "arcsin", "cos": "arccos", "tan": "arctan"}
_AFTER: Final[dict[str, Callable[[FormulaReader, Node], Node]]] = {
    "^": FormulaReader.power,
    "**": FormulaReader.power,
    "_": FormulaReader.index,
    "!": FormulaReader.factorial,
    "%": FormulaReader.percent,
    r"\%": FormulaReader.percent,
    "'": FormulaReader.prime,
}
_COMMANDS: Final[dict[str, Callable[[FormulaReader], Node]]] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), FormulaReader.fraction),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), FormulaReader.binomial),
    "sqrt": FormulaReader.root,
    "lfloor": FormulaReader.floor,
    "lceil": FormulaReader.ceiling,
    "lvert": FormulaReader.norm,
}
_COMMAND_FACTORS: Final = frozenset(_COMMANDS) | FUNCTIONS | frozenset(CONSTANT_WORDS) | GREEK
