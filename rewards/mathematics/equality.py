"""Whether two formulas have the same value: exactly, or apart by growing precision.

Two constants are equal where they agree to `SURE_DIGITS` digits, two formulas with letters where they do at
every point that is tried. Rounded decimals (`_tolerance`):

- a reference of at least six significant digits is taken for rounded, and an answer as precise or of six
  digits itself for the same number where they agree in the digits that both have;
- an answer of at least 15 digits is a machine's number: it equals a reference that no decimal can write.

Everything else is equal exactly or not at all: 2.7500001 is not 11/4.

Not covered: a proof. Numbers that agree to so many digits and differ do not come up by chance.
"""

from fractions import Fraction
from typing import Final

import mpmath
from mpmath import mp

from rewards.mathematics.node import Node, Unreadable
from rewards.mathematics.value import Number, approximate, exact, point

ROUNDED_DIGITS: Final = 6
MACHINE_DIGITS: Final = 15
SURE_DIGITS: Final = 120
_FIRST_DIGITS: Final = 40
_GUARD_DIGITS: Final = 12
_POINT_DIGITS: Final = 60
_POINTS: Final = 3
_NOTHING: Final = 1e-45
"""Below it is what rounding leaves of terms that cancel."""


def same_value(gold: Node, answer: Node) -> bool:
    """Whether an answer's formula equals the reference's. Raises `TooLarge`, `Unreadable`."""
    if gold == answer:
        return True
    if any(node.text == "oo" for node in (*gold.walk(), *answer.walk())):
        return False
    if gold.names() != answer.names() and not _may_cancel(gold, answer):
        return False
    one, other = exact(gold), exact(answer)
    if one is not None and other is not None:
        return one == other or abs(one - other) <= _tolerance(gold, answer)
    if gold.names() | answer.names():
        return _same_at_points(gold, answer)
    return _same_constant(gold, answer)


def numeric(node: Node) -> Number:
    """A constant to `_FIRST_DIGITS` digits. Raises what `approximate` does."""
    with mp.workdps(_FIRST_DIGITS):
        return approximate(node, {})


def at_points(node: Node, letters: frozenset[str], sign: int = 1) -> list[Number]:
    """The formula's value at each point; letters that it lacks do not matter."""
    with mp.workdps(_POINT_DIGITS):
        return [
            approximate(node, {letter: sign * point(f"{turn} {letter}") for letter in letters})
            for turn in range(_POINTS)
        ]


def agree(one: Number, other: Number, digits: int) -> bool:
    """Whether two numbers agree to so many digits of the larger."""
    size = max(abs(one), abs(other))
    return bool(abs(one - other) <= size * mp.mpf(10) ** -digits) if size else True


def _may_cancel(gold: Node, answer: Node) -> bool:
    """Whether letters of the one could drop out of it; a bare letter never does."""
    return bool(gold.names() & answer.names()) or gold.kind == "sum" or answer.kind == "sum"


def _same_constant(gold: Node, answer: Node) -> bool:
    for digits in (_FIRST_DIGITS, SURE_DIGITS):
        with mp.workdps(digits + _GUARD_DIGITS):
            one, other = approximate(gold, {}), approximate(answer, {})
            if not agree(one, other, digits - _GUARD_DIGITS) and not _both_nothing(one, other, digits):
                tolerance = _tolerance(gold, answer)
                gap = mp.mpf(tolerance.numerator) / tolerance.denominator
                return bool(abs(one - other) <= gap)
    return True


def _both_nothing(one: Number, other: Number, digits: int) -> bool:
    """Whether one is 0 and the other is what rounding leaves of a difference that is 0."""
    return bool(min(abs(one), abs(other)) == 0 and max(abs(one), abs(other)) < mp.mpf(10) ** -digits)


def _same_at_points(gold: Node, answer: Node) -> bool:
    letters = gold.names() | answer.names()
    for sign in (1, -1):
        if sign < 0 and not _branches(gold) and not _branches(answer):
            break
        for one, other in zip(at_points(gold, letters, sign), at_points(answer, letters, sign), strict=True):
            if not agree(one, other, _POINT_DIGITS - _GUARD_DIGITS) and max(abs(one), abs(other)) > _NOTHING:
                return False
    return True


def _branches(node: Node) -> bool:
    """Whether it could differ for negative letters alone: an absolute value, or a root of an even power."""
    if any(part.kind == "call" and part.text == "abs" for part in node.walk()):
        return True
    return any(
        part.kind == "power"
        and part.parts[1].kind == "ratio"
        and part.parts[0].kind == "power"
        and exact(part.parts[0].parts[1]) == 2
        for part in node.walk()
    )


def _tolerance(gold: Node, answer: Node) -> Fraction:
    """How far apart they may be; see the module."""
    wanted, given = _decimal(gold), _decimal(answer)
    if wanted is not None:
        unit, digits = wanted
        if digits < ROUNDED_DIGITS or (given is not None and given[1] < ROUNDED_DIGITS):
            return Fraction(0)
        return max(unit, given[0] if given is not None else Fraction(0)) / 2
    if given is None or given[1] < MACHINE_DIGITS:
        return Fraction(0)
    value = exact(gold)
    return given[0] if value is None or not _terminates(value) else Fraction(0)


def _decimal(node: Node) -> tuple[Fraction, int] | None:
    """One unit of the last digit and the number of significant digits of a decimal; None for all else."""
    if node.kind in {"negative", "unit"}:
        return _decimal(node.parts[0])
    if node.kind != "number" or "." not in node.text:
        return None
    mantissa, _, exponent = node.text.lower().partition("e")
    whole, _, decimals = mantissa.partition(".")
    unit = Fraction(10) ** (int(exponent or 0) - len(decimals))
    return unit, len((whole + decimals).lstrip("0"))


def _terminates(value: Fraction) -> bool:
    """Whether a decimal can write it."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def is_constant(node: Node) -> bool:
    """Whether a formula has a value and no letters."""
    if node.names():
        return False
    try:
        return bool(mpmath.isfinite(numeric(node)))
    except Unreadable:
        return False
