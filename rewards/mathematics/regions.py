"""Sets of real numbers: intervals, unions of them, and what an inequality in one letter allows.

A region is a list of intervals in order, none of which touch. Ends are numbers of forty digits.

Not covered: ends with letters, and inequalities that are not linear in their letter.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from mpmath import mp

from rewards.mathematics.equality import agree, numeric
from rewards.mathematics.labels import is_label
from rewards.mathematics.node import Node, Unreadable, name
from rewards.mathematics.value import Number, approximate

_DIGITS: Final = 28
_FLIPPED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_LETTER: Final = "\x00variable"


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`; an end belongs to it where it is closed."""

    low: Number
    low_closed: bool
    high: Number
    high_closed: bool


Region = list[Interval]


def region(node: Node) -> Region:
    """The numbers that a node stands for. Raises `Unreadable` where it stands for none."""
    rule = _RULES.get(node.kind)
    if rule is not None:
        return _merged(rule(node))
    return [_only(end(node))]


def same_region(one: Region, other: Region) -> bool:
    """Whether two regions hold the same numbers."""
    return len(one) == len(other) and all(
        (first.low_closed, first.high_closed) == (second.low_closed, second.high_closed)
        and _same_end(first.low, second.low)
        and _same_end(first.high, second.high)
        for first, second in zip(one, other, strict=True)
    )


def end(node: Node) -> Number:
    """An end of an interval: a constant, or infinite."""
    if node == name("oo"):
        return mp.inf
    if node.kind == "negative":
        return -end(node.parts[0])
    if node.names():
        raise Unreadable("an end with letters")
    value = numeric(node)
    if mp.im(value) != 0:
        raise Unreadable("an end that is not real")
    return mp.re(value)


def _same_end(one: Number, other: Number) -> bool:
    return bool(one == other) or (
        bool(mp.isfinite(one) and mp.isfinite(other)) and agree(one, other, _DIGITS)
    )


def _only(value: Number) -> Interval:
    return Interval(value, True, value, True)


def _merged(intervals: Region) -> Region:
    filled = [each for each in intervals if each.low < each.high or (each.low_closed and each.high_closed)]
    filled.sort(key=lambda each: (each.low, not each.low_closed))
    merged: Region = []
    for each in filled:
        last = merged[-1] if merged else None
        if last is None or each.low > last.high or (each.low == last.high and not _touch(last, each)):
            merged.append(each)
        elif (each.high, each.high_closed) > (last.high, last.high_closed):
            merged[-1] = replace(last, high=each.high, high_closed=each.high_closed)
    return merged


def _touch(one: Interval, other: Interval) -> bool:
    return one.high_closed or other.low_closed


def _bracket(node: Node) -> Region:
    if len(node.parts) != 2:
        raise Unreadable("an interval has two ends")
    low, high = map(end, node.parts)
    return [Interval(low, node.text[0] == "[", high, node.text[1] == "]")]


def _without(node: Node) -> Region:
    left = region(node.parts[0])
    for hole in region(node.parts[1]):
        if hole.low != hole.high:
            raise Unreadable("only single numbers are left out")
        left = [rest for each in left for rest in _split(each, hole.low)]
    return left


def _split(interval: Interval, hole: Number) -> Region:
    if not interval.low <= hole <= interval.high:
        return [interval]
    return _merged(
        [replace(interval, high=hole, high_closed=False), replace(interval, low=hole, low_closed=False)]
    )


def _all(node: Node) -> Region:
    if len({letter for part in node.parts if part.kind == "relation" for letter in part.names()}) > 1:
        raise Unreadable("several letters")
    if node.kind == "listing" and node.text != "or" and len(node.parts) > 1 and node.has("relation"):
        return _common(region(node.parts[0]), [region(part) for part in node.parts[1:]])
    return [each for part in node.parts for each in region(part)]


def _common(left: Region, others: list[Region]) -> Region:
    for other in others:
        left = _merged([both for one in left for two in other for both in _overlap(one, two)])
    return left


def _overlap(one: Interval, two: Interval) -> Region:
    low, low_open = max((one.low, not one.low_closed), (two.low, not two.low_closed))
    high, high_closed = min((one.high, one.high_closed), (two.high, two.high_closed))
    return [Interval(low, not low_open, high, high_closed)] if low <= high else []


def _relation(node: Node) -> Region:
    signs = node.text.split()
    if signs == ["in"]:
        return region(node.parts[1])
    found = [Interval(-mp.inf, False, mp.inf, False)]
    sides = [name(_LETTER) if is_label(side) else side for side in node.parts]
    if len({side for side in node.parts if is_label(side)}) > 1:
        raise Unreadable("several letters")
    for left, sign, right in zip(sides, signs, sides[1:], strict=False):
        found = _common(found, [_inequality(left, sign, right)])
    return found


def _inequality(left: Node, sign: str, right: Node) -> Region:
    """Solved for its one letter, in which it is linear."""
    letters = left.names() | right.names()
    if len(letters) != 1 or sign not in {*_FLIPPED, "!=", "="}:
        raise Unreadable("no inequality in one letter")
    (letter,) = letters
    with mp.workdps(40):
        at = [_difference(left, right, letter, value) for value in (0, 1, 2)]
        slope = at[1] - at[0]
        if not slope or not agree(at[2] - at[1], slope, _DIGITS) or mp.im(slope) or mp.im(at[0]):
            raise Unreadable("not linear")
        root = mp.re(-at[0] / slope)
    return _beside(root, _FLIPPED.get(sign, sign) if mp.re(slope) < 0 else sign)


def _difference(left: Node, right: Node, letter: str, value: int) -> Number:
    letters = {letter: mp.mpf(value)}
    return approximate(left, letters) - approximate(right, letters)


def _beside(root: Number, sign: str) -> Region:
    below = Interval(-mp.inf, False, root, sign == "<=")
    above = Interval(root, sign == ">=", mp.inf, False)
    return {"<": [below], "<=": [below], ">": [above], ">=": [above], "=": [_only(root)]}.get(
        sign, [below, above]
    )


_RULES: Final[dict[str, Callable[[Node], Region]]] = {
    "bracket": _bracket,
    "everything": lambda _: [Interval(-mp.inf, False, mp.inf, False)],
    "union": _all,
    "listing": _all,
    "set": _all,
    "group": _all,
    "intersection": lambda node: _common(region(node.parts[0]), [region(node.parts[1])]),
    "difference": _without,
    "relation": _relation,
}
