r"""Reads answers: lists, tuples, sets, intervals, unions, equations and inequalities made of formulas.

Not covered: conditions in words, and sets given by a rule over anything but the reals.
"""

import re
from typing import Final

from rewards.mathematics.formula import MAX_DEPTH, FormulaReader
from rewards.mathematics.node import Node, Unreadable, name
from rewards.mathematics.words import RELATIONS

_OPENING: Final = {"(": ")", "[": "]", r"\{": r"\}", "{": "}", r"\langle": r"\rangle"}
_CLOSING: Final = frozenset(_OPENING.values())
_SEPARATORS: Final = frozenset({",", ";", "and", "or", r"\wedge", r"\vee", "&"})
_SET_SIGNS: Final = {
    r"\cup": "union",
    r"\cap": "intersection",
    r"\setminus": "difference",
    r"\backslash": "difference",
}
_DOTS: Final = frozenset({r"\ldots", r"\dots", r"\cdots", "..."})
_TAIL: Final = re.compile(r"(?:\\?\(?\\?p?mod(?:\s*\{?\s*\d+\s*\}?)\)?|[.,;:\s\\]|<\|[^|]*\|>)*+\Z")
_DECIMAL_COMMA: Final = re.compile(r"\s*(-?\d+),(\d+)\s*")


def read(text: str) -> Node:
    """The structure of one answer.

    Raises:
        Unreadable: it is not in the grammar, too long or too deep.
    """
    reader = _AnswerReader(_TAIL.sub("", text))
    node = reader.listing(closing="")
    if reader.token.kind != "end":
        raise Unreadable(f"{reader.token.text!r} is left over")
    return node


def readings(text: str) -> list[Node]:
    """All that a text may mean: `1,22` is a list, and a number where a comma marks decimals."""
    bare = text.strip().strip("$")
    comma = _DECIMAL_COMMA.fullmatch(bare)
    if comma is None:
        return [read(text)]
    return [read(text), read(f"{comma[1]}.{comma[2]}")]


class _AnswerReader(FormulaReader):
    """Reads what stands around formulas."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._levels = 0

    def listing(self, closing: str) -> Node:
        """Items up to the closing bracket, or to the end."""
        self._levels += 1
        if self._levels > MAX_DEPTH:
            raise Unreadable("too deep")
        items = []
        joints = set()
        while not self._at_end(closing):
            items.append(self._item())
            while self.token.text in _SEPARATORS or self.token.text.strip("\x01\x02 ,") in _SEPARATORS:
                joints.add(self.take().text.strip("\x01\x02 ,"))
            if not joints and not self._at_end(closing):
                break
        self._levels -= 1
        if len(items) == 1 and not closing:
            return items[0]
        return Node("listing", tuple(items), text="or" if joints == {"or"} else "")

    def _at_end(self, closing: str) -> bool:
        if self.token.kind == "end":
            return True
        return bool(closing) and self.token.text in _CLOSING

    def _item(self) -> Node:
        parts = [self._side()]
        signs = []
        while self.token.text in RELATIONS:
            signs.append(RELATIONS[self.take().text])
            parts.append(self._side())
        return parts[0] if not signs else Node("relation", tuple(parts), text=" ".join(signs))

    def _side(self) -> Node:
        left = self._operand()
        while self.token.text in _SET_SIGNS:
            kind = _SET_SIGNS[self.take().text]
            left = Node(kind, (left, self._operand()))
        parts = [left]
        while self.skip(":"):
            parts.append(self._operand())
        return left if len(parts) == 1 else Node("proportion", tuple(parts))

    def _operand(self) -> Node:
        text = self.token.text
        if text in _DOTS:
            self.take()
            return name("...")
        if text in {r"\emptyset", r"\varnothing"}:
            self.take()
            return Node("set")
        if text == r"\mathbb":
            return self._number_set()
        if text in _OPENING and self._holds_list():
            return self._bracket()
        return self.formula()

    def _number_set(self) -> Node:
        self.take()
        braced = self.skip("{")
        letter = self.take().text
        if braced:
            self.need("}")
        return Node("everything") if letter == "R" else name("set " + letter)

    def _holds_list(self) -> bool:
        """Whether the bracket at hand encloses a list rather than a factor."""
        if self.token.text == r"\{":
            return True
        depth, comma = 0, False
        for at in range(self._at, len(self._tokens)):
            text = self._tokens[at].text
            if text in _OPENING:
                depth += 1
            elif text in _CLOSING:
                depth -= 1
                if depth == 0:
                    return comma
            elif depth == 1 and text in {",", ";"}:
                comma = True
        return False

    def _bracket(self) -> Node:
        opening = self.take().text
        inner = self.listing(closing=_OPENING[opening])
        if opening == r"\{" and self.token.text in {"|", r"\mid", ":"}:
            self.take()
            inner = self.listing(closing=r"\}")
        closing = self.take().text
        if closing not in _CLOSING:
            raise Unreadable(f"{opening!r} is never closed")
        if opening == r"\{":
            if any(item.kind == "relation" for item in inner.parts):
                return inner.parts[0] if len(inner.parts) == 1 else inner
            return Node("set", inner.parts)
        if opening == "{":
            return Node("group", inner.parts)
        if opening == r"\langle":
            opening, closing = "(", ")"
        return Node("bracket", inner.parts, text=opening + closing)
