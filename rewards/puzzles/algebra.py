"""Answers that are formulas: sums to a target, polynomials, integrals. Read by grammar, never evaluated.

Not covered: integrals in functions that `rewards.mathematics` does not know.
"""

import re
from collections import Counter
from fractions import Fraction
from typing import Final

import mpmath
from mpmath import mp

from rewards.mathematics.formula import FormulaReader
from rewards.mathematics.node import Node, Unreadable
from rewards.mathematics.value import TooLarge, approximate, exact
from rewards.puzzles.scorer import Entry, NoAnswer, known

MAX_FORMULA_CHARS: Final = 2_000
MAX_POLYNOMIAL_CHARS: Final = 10_000
_ARITHMETIC: Final = re.compile(r"[-+*/()\s\d]+")
_UNSIGNED_PRODUCT: Final = re.compile(r"\*\s*\*|/\s*/|[\d)]\s*\(|\)\s*\d|\d\s+\d")
_ARITHMETIC_KINDS: Final = {"number", "sum", "negative", "product", "ratio"}
_MONOMIAL: Final = re.compile(r"(?P<sign>[+-])(?P<factors>[^+-]+)")
_POWER: Final = re.compile(
    r"(?P<letter>[A-Za-z])(?:(?:\*\*|\^)(?P<exponent>\d{1,4}))?|(?P<number>\d{1,60}(?:/0*[1-9]\d{0,60})?)"
)
_POINTS: Final = ("0.0625", "0.11", "0.171", "0.2304")
"""Inside the domain of every integrand that the datasets make, as far as that has one."""
_DIGITS: Final = 40
_SURE_DIGITS: Final = 20
_CONSTANT_LETTERS: Final = ("C", "c", "K", "k")


def makes_24(answer: str, entry: Entry) -> float:
    """24 from all of the entry's numbers, once each."""
    return _reaches(Fraction(24), answer, entry)


def makes_target(answer: str, entry: Entry) -> float:
    """The target from all of the entry's numbers, once each."""
    return _reaches(Fraction(entry["metadata"]["target"]), answer, entry)


def expanded(answer: str, entry: Entry) -> float:
    """The same polynomial, multiplied out."""
    right = known(_polynomial, entry["answer"])
    return float(_polynomial(answer) == right)


def antiderivative(answer: str, entry: Entry) -> float:
    """Its slope is the integrand, to 20 digits at four points, or at their negatives if it has none there."""
    variable, integrand = entry["metadata"]["variable"], known(_formula, entry["metadata"]["integrand"])
    given = _formula(answer.rpartition("=")[2])
    if not given.names() <= {variable, *_CONSTANT_LETTERS} or variable in _CONSTANT_LETTERS:
        return 0.0
    with mp.workdps(_DIGITS):
        for sign in (1, -1):
            try:
                return float(all(_slope_is(given, integrand, variable, sign * mp.mpf(at)) for at in _POINTS))
            except (Unreadable, TooLarge):
                continue
    return 0.0


def _slope_is(given: Node, integrand: Node, variable: str, at: mpmath.mpf) -> bool:
    # A constant that multiplies the variable changes the slope.
    constants = dict.fromkeys(_CONSTANT_LETTERS, mp.mpf(7) / 3)
    slope = mp.diff(lambda place: approximate(given, constants | {variable: place}), at)
    wanted = approximate(integrand, {variable: at})
    return bool(abs(slope - wanted) <= max(1, abs(wanted)) * mp.mpf(10) ** -_SURE_DIGITS)


def _formula(text: str) -> Node:
    if len(text) > MAX_FORMULA_CHARS:
        raise NoAnswer(text[:80])
    try:
        reader = FormulaReader(re.sub(r"\bE\b", "e", text))
        formula = reader.formula()
    except (Unreadable, RecursionError) as error:
        raise NoAnswer(text[:80]) from error
    if reader.token.kind != "end":
        raise NoAnswer(text[:80])
    return formula


def _reaches(target: Fraction, answer: str, entry: Entry) -> float:
    given = Counter(entry["metadata"]["numbers"])
    answer = answer.replace("×", "*").replace("÷", "/").replace("−", "-")
    if not _ARITHMETIC.fullmatch(answer) or _UNSIGNED_PRODUCT.search(answer):
        return 0.0
    formula = _formula(answer)
    if not all(node.kind in _ARITHMETIC_KINDS for node in formula.walk()):
        return 0.0
    used = Counter(int(number) for number in re.findall(r"\d+", answer))
    return float(used == given and exact(formula) == target)


def _polynomial(text: str) -> dict[tuple[tuple[str, int], ...], Fraction]:
    """Coefficient by monomial of a sum that has no brackets."""
    if len(text) > MAX_POLYNOMIAL_CHARS:
        raise NoAnswer(text[:80])
    text = "".join(text.replace("−", "-").split())
    text = text if text.startswith(("+", "-")) else f"+{text}"
    terms: dict[tuple[tuple[str, int], ...], Fraction] = {}
    at = 0
    for term in _MONOMIAL.finditer(text):
        if term.start() != at:
            break
        at = term.end()
        monomial, coefficient = _monomial(term["factors"])
        signed = coefficient if term["sign"] == "+" else -coefficient
        terms[monomial] = terms.get(monomial, Fraction(0)) + signed
    if at != len(text):
        raise NoAnswer(text[:80])
    return {monomial: value for monomial, value in terms.items() if value}


def _monomial(text: str) -> tuple[tuple[tuple[str, int], ...], Fraction]:
    coefficient, exponents = Fraction(1), Counter[str]()
    at = 0
    while at < len(text):
        factor = _POWER.match(text, at)
        if factor is None:
            raise NoAnswer(text[:80])
        if factor["letter"]:
            exponents[factor["letter"]] += int(factor["exponent"] or 1)
        else:
            coefficient *= Fraction(factor["number"])
        at = factor.end()
        if text[at : at + 1] == "*" and at + 1 < len(text):
            at += 1
    return tuple(sorted(exponents.items())), coefficient
