"""The values of formulas: exact where they are rational, else to as many digits as it takes.

Everything is bounded: `TooLarge` is raised before a number of more than `MAX_BITS` bits is made.

Not covered: branches of roots and logarithms beyond the principal ones.
"""

import hashlib
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import comb, factorial, gcd, lcm
from typing import Any, Final

import mpmath
from mpmath import mp

from rewards.mathematics.node import Node, Unreadable

MAX_BITS: Final = 60_000
MAX_FACTORIAL: Final = 4_000
_MAX_MAGNITUDE_BITS: Final = 4_000
"""Of an argument of a function that has to be reduced."""

Number = Any
"""An mpmath number, real or complex."""


class TooLarge(Exception):
    """A number too large to be compared."""


def exact(node: Node) -> Fraction | None:
    """The rational number that a formula is; None for all else. Raises `TooLarge`."""
    if node.kind == "number":
        return node.value
    rule = _EXACT.get(node.kind)
    if rule is None:
        return None
    parts = [exact(part) for part in node.parts]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return _bounded(rule(node, known))


def approximate(node: Node, letters: Mapping[str, Number]) -> Number:
    """The value at mpmath's current precision, with these values for the letters.

    Raises:
        TooLarge: it cannot be had within bounds.
        Unreadable: it has none.
    """
    try:
        value = _approximate(node, letters)
    except (ZeroDivisionError, ValueError, OverflowError, mpmath.libmp.NoConvergence) as error:
        raise Unreadable(f"no value: {error}") from error
    if not mpmath.isfinite(value):
        raise Unreadable("no finite value")
    return value


def _bounded(value: Fraction | None) -> Fraction | None:
    if value is not None and max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
        raise TooLarge
    return value


def _exact_power(_: Node, parts: list[Fraction]) -> Fraction | None:
    base, exponent = parts
    if exponent.denominator != 1:
        return None
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if base in (0, 1):
        return base if exponent > 0 or base else None
    if abs(exponent) * bits > MAX_BITS:
        raise TooLarge
    return base**exponent.numerator if base or exponent > 0 else None


def _exact_ratio(_: Node, parts: list[Fraction]) -> Fraction | None:
    return parts[0] / parts[1] if parts[1] else None


def _exact_product(_: Node, parts: list[Fraction]) -> Fraction:
    product = Fraction(1)
    for part in parts:
        product *= part
        _bounded(product)
    return product


def _exact_call(node: Node, parts: list[Fraction]) -> Fraction | None:
    rule = _EXACT_CALLS.get(node.text)
    if rule is None:
        return None
    if node.text in {"abs", "floor", "ceil", "min", "max"}:
        return Fraction(rule(*parts))
    if any(part.denominator != 1 or part < 0 for part in parts):
        return None
    if node.text in {"factorial", "binomial"} and max(parts) > MAX_FACTORIAL:
        raise TooLarge
    try:
        return Fraction(rule(*(part.numerator for part in parts)))
    except TypeError:
        return None


_EXACT_CALLS: Final[dict[str, Callable[..., Any]]] = {
    "factorial": factorial,
    "binomial": comb,
    "gcd": gcd,
    "lcm": lcm,
    "abs": abs,
    "min": min,
    "max": max,
    "floor": lambda value: Fraction(value.__floor__()),
    "ceil": lambda value: Fraction(value.__ceil__()),
}
_EXACT: Final[dict[str, Callable[[Node, list[Fraction]], Fraction | None]]] = {
    "sum": lambda _, parts: sum(parts, Fraction(0)),
    "negative": lambda _, parts: -parts[0],
    "product": _exact_product,
    "ratio": _exact_ratio,
    "power": _exact_power,
    "percent": lambda _, parts: parts[0] / 100,
    "unit": lambda _, parts: parts[0],
    "call": _exact_call,
}


def _approximate(node: Node, letters: Mapping[str, Number]) -> Number:
    if node.kind == "number" and node.value is not None:
        return mp.mpf(node.value.numerator) / node.value.denominator
    if node.kind == "name":
        constant = _CONSTANTS.get(node.text)
        return constant() if constant is not None else letters[node.text]
    rule = _RULES.get(node.kind)
    if rule is None:
        raise Unreadable(f"a {node.kind} has no value")
    return rule(node, [_approximate(part, letters) for part in node.parts])


def _power(_: Node, parts: list[Number]) -> Number:
    base, exponent = parts
    if abs(exponent) > 1 and base:
        size = mpmath.log(abs(base), 2) * abs(exponent)
        if abs(size) > MAX_BITS:
            raise TooLarge
    if _is_odd_root(base, exponent):
        return -((-base) ** exponent)
    return base**exponent


def _is_odd_root(base: Number, exponent: Number) -> bool:
    """A cube root of a negative number is the real one, as in school."""
    if mpmath.im(base) != 0 or mpmath.re(base) >= 0 or mpmath.im(exponent) != 0 or not exponent:
        return False
    degree = 1 / exponent
    nearest = mpmath.nint(degree)
    return bool(
        abs(degree - nearest) < mp.mpf(10) ** (5 - mp.dps) and int(nearest) % 2 == 1 and abs(nearest) > 1
    )


def _call(node: Node, parts: list[Number]) -> Number:
    if node.text.startswith("\x00"):
        return _pretended(node.text, parts)
    rule = _FUNCTIONS.get(node.text)
    if rule is None:
        raise Unreadable(f"no function {node.text!r}")
    if any(abs(part) > mp.mpf(2) ** _MAX_MAGNITUDE_BITS for part in parts):
        raise TooLarge
    if node.text in {"exp", "sinh", "cosh", "factorial"} and abs(parts[0]) > MAX_FACTORIAL:
        raise TooLarge
    try:
        return rule(*parts)
    except TypeError as error:
        raise Unreadable(str(error)) from error


def _pretended(function: str, arguments: list[Number]) -> Number:
    """A value for a function that nobody defined: the same for the same arguments, and for no others."""
    spelled = function + ",".join(mpmath.nstr(argument, 15) for argument in arguments)
    return point(spelled)


def point(spelled: str) -> Number:
    """A number between 1/2 and 5/2 that looks like chance and is the same every time."""
    seed = int.from_bytes(hashlib.sha256(spelled.encode("utf-8", "replace")).digest()[:6])
    return mp.mpf(1) / 2 + 2 * mp.mpf(seed) / (1 << 48)


def _product(_: Node, parts: list[Number]) -> Number:
    product = mp.mpf(1)
    for part in parts:
        product *= part
    return product


_CONSTANTS: Final[dict[str, Callable[[], Number]]] = {
    "pi": lambda: +mp.pi,
    "e": lambda: +mp.e,
    "i": lambda: mp.mpc(0, 1),
    "oo": lambda: mp.inf,
}
_RULES: Final[dict[str, Callable[[Node, list[Number]], Number]]] = {
    "sum": lambda _, parts: sum(parts, mp.mpf(0)),
    "negative": lambda _, parts: -parts[0],
    "product": _product,
    "ratio": lambda _, parts: parts[0] / parts[1],
    "power": _power,
    "percent": lambda _, parts: parts[0] / 100,
    "degree": lambda _, parts: parts[0] * mp.pi / 180,
    "unit": lambda _, parts: parts[0],
    "call": _call,
}
_FUNCTIONS: Final[dict[str, Callable[..., Number]]] = {
    **{
        name: getattr(mpmath, name)
        for name in ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh")
    },
    "arcsin": mpmath.asin,
    "arccos": mpmath.acos,
    "arctan": mpmath.atan,
    "exp": mpmath.exp,
    "ln": mpmath.log,
    "log": mpmath.log,
    "log10": mpmath.log10,
    "abs": abs,
    "factorial": mpmath.factorial,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "binomial": mpmath.binomial,
    "min": min,
    "max": max,
}
