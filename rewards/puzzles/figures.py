"""Answers that are numbers, compared exactly or as far as the question asks."""

import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

from rewards.puzzles.scorer import Entry, NoAnswer, known

MAX_DIGITS: Final = 400
MAX_ROOTS: Final = 100
FAR: Final = Fraction(1_000)
"""Further off than any mark reaches, and short enough for a float."""
_DIGITS: Final = r"(?!00)(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+"
_NUMBER: Final = re.compile(rf"(?P<sign>[-+]?)(?P<digits>{_DIGITS})(?:[eE](?P<exponent>[-+]?\d{{1,3}}))?")
_HEXADECIMAL: Final = re.compile(r"-?(?:0x)?[0-9a-f]{1,400}", re.IGNORECASE)
_NAMED: Final = re.compile(r"[A-Za-z]\w{0,20}\s*=\s*")
_IN_TEXT: Final = re.compile(rf"(?<![\w.,])[-+]?(?:{_DIGITS})(?![\w])")
_REAL: Final = r"(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?"
_COMPLEX: Final = re.compile(
    rf"(?P<real>[-+]?{_REAL}(?![\d.e]*[ij]))?(?:(?P<sign>[-+]?)(?P<size>{_REAL})?\*?[ij])?"
)
_FRACTION: Final = re.compile(
    r"(?:(?P<sign>-?)\\[dt]?frac\s*\{\s*(?P<top>-?\d+)\s*\}\s*\{\s*(?P<under>\d+)\s*\})"
    r"|(?:(?P<over>-?\d+)\s*/\s*(?P<below>\d+))|(?P<whole>-?\d+)"
)
_TIME: Final = re.compile(
    r"(?=.*\d)(?:(?P<days>-?\d+)(?:\s*days?)?)?,?\s*(?:(?P<hours>\d+):(?P<minutes>\d+)(?::(?P<seconds>\d+(?:\.\d+)?))?)?",
    re.IGNORECASE,
)


def number_of(text: str) -> Fraction:
    """The one decimal number that a text is; a leading `x =` and commas between thousands are forgiven.

    Raises:
        NoAnswer: it is anything else.
    """
    text = _NAMED.sub("", text.strip().replace("−", "-"), count=1)
    match = _NUMBER.fullmatch(text) if len(text) <= MAX_DIGITS else None
    if match is None:
        raise NoAnswer(text[:80])
    value = Fraction(match["digits"].replace(",", "")) * Fraction(10) ** int(match["exponent"] or 0)
    return -value if match["sign"] == "-" else value


def same_number(answer: str, entry: Entry) -> float:
    """The same number, however it is written."""
    right = known(number_of, entry["answer"])
    return float(number_of(answer) == right)


def only_number(answer: str, entry: Entry) -> float:
    """A sum in words: the answer's only number is the right one."""
    right = known(number_of, entry["answer"])
    found: list[str] = _IN_TEXT.findall(answer[: MAX_DIGITS + 1])
    return float(len(answer) <= MAX_DIGITS and len(found) == 1 and number_of(found[0]) == right)


def near_number(answer: str, entry: Entry, *, tolerance: Fraction) -> float:
    """A number that may differ by so much."""
    right = known(number_of, entry["answer"])
    return float(abs(number_of(answer) - right) <= tolerance)


def probability(answer: str, entry: Entry) -> float:
    """A fraction or decimal within 1e-4, in [0, 1]."""
    right = known(_ratio_of, entry["answer"])
    given = _ratio_of(answer)
    return float(0 <= given <= 1 and abs(given - right) <= Fraction(1, 10_000))


def reduced_fraction(answer: str, entry: Entry) -> float:
    """The same fraction in lowest terms."""
    return float(_fraction_of(answer) == known(_fraction_of, entry["answer"]))


def hexadecimal(answer: str, entry: Entry) -> float:
    """The same hexadecimal number, with or without its 0x."""
    right = known(_hexadecimal_of, entry["answer"])
    return float(_hexadecimal_of(answer) == right)


def three_figures(answer: str, entry: Entry) -> float:
    """The same number to three significant figures."""
    right = known(number_of, entry["answer"])
    return float(_rounded(number_of(answer)) == _rounded(right))


def complex_number(answer: str, entry: Entry) -> float:
    """The nearer the two numbers the more; nothing further off than three."""
    real, imaginary = (int(part) for part in entry["metadata"]["result"])
    text = "".join(answer.casefold().replace("−", "-").split())
    while text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    match = _COMPLEX.fullmatch(text) if _short(text) and text else None
    if match is None:
        raise NoAnswer(answer[:80])
    second = 0.0 if match["sign"] is None else float(match["sign"] + (match["size"] or "1"))
    if match["real"] and match["sign"] == "":
        raise NoAnswer(answer[:80])
    return math.exp(-math.hypot(float(match["real"] or 0) - real, second - imaginary))


def days_or_weekday(answer: str, entry: Entry) -> float:
    """A weekday or yes and no exactly; a number of days by its relative error."""
    right = entry["answer"].strip()
    if not right.lstrip("-").isdigit():
        return float(answer.strip(" .").casefold() == right.casefold())
    wanted, given = int(right), number_of(answer)
    if given.denominator != 1 or not wanted:
        return float(given == wanted)
    return math.exp(-5 * float(min(abs(given - wanted) / abs(wanted), FAR)))


def near_count(answer: str, entry: Entry) -> float:
    """A count: 0.8 less 0.16 for each that it is off."""
    gap = abs(number_of(answer) - known(number_of, entry["answer"]))
    if gap.denominator != 1:
        return 0.0
    return 1.0 if not gap else max(0.0, 0.8 * (1 - float(min(gap, FAR)) / 5))


def duration(answer: str, entry: Entry) -> float:
    """The same days, hours, minutes and seconds."""
    return float(_time_parts(answer) == known(_time_parts, entry["answer"]))


def prime_factors(answer: str, entry: Entry) -> float:
    """The primes; half for another way to split the number into smaller factors."""
    right = known(_factors, entry["answer"])
    given = _factors(answer)
    if given == right:
        return 1.0
    return 0.5 if len(given) > 1 and min(given) > 1 and math.prod(given) == math.prod(right) else 0.0


def roots(answer: str, entry: Entry) -> float:
    """The share of the roots that are given, each the nearer the more; extra ones count against it."""
    right, given = known(_roots_of, entry["answer"]), _roots_of(answer)
    if not right or not given:
        return float(right == given)
    total = 0.0
    for value in given[:MAX_ROOTS]:
        if right:
            nearest = min(right, key=lambda root: abs(root - value))
            right.remove(nearest)
            total += math.exp(-10 * float(min(abs(nearest - value), FAR)))
    return total / (len(given) + len(right))  # what is left of `right` was missed


def _roots_of(text: str) -> list[Fraction]:
    none = text.strip("\"' ").casefold() in {"", "none", "no real solutions", "no solutions"}
    return [] if none else [number_of(part) for part in text.split(",")]


def geometry(answer: str, entry: Entry) -> float:
    """Angles to two decimals, coordinates and radii to three."""
    task = entry["metadata"]["task_type"]
    right = known(_coordinates, entry["answer"])
    given = _coordinates(answer)
    tolerance = Fraction(5, 1_000 if task == "angle_measure" else 10_000)
    near = all(abs(one - other) <= tolerance for one, other in zip(given, right, strict=False))
    return float(len(given) == len(right) and near)


def _coordinates(text: str) -> list[Fraction]:
    return [number_of(part) for part in text.replace("°", "").strip("() ").split(",")]


def _ratio_of(text: str) -> Fraction:
    if not _short(text):
        raise NoAnswer(text[:80])
    top, slash, under = text.strip().partition("/")
    divisor = number_of(under) if slash else Fraction(1)
    if not divisor:
        raise NoAnswer(text[:80])
    return number_of(top) / divisor


def _fraction_of(text: str) -> tuple[int, int]:
    text = text.strip().strip("$").strip()
    match = _FRACTION.fullmatch(text) if _short(text) else None
    if match is None:
        raise NoAnswer(text[:80])
    if match["whole"]:
        return int(match["whole"]), 1
    sign = -1 if match["sign"] else 1
    return sign * int(match["top"] or match["over"]), int(match["under"] or match["below"])


def _hexadecimal_of(text: str) -> int:
    if not _HEXADECIMAL.fullmatch(text):
        raise NoAnswer(text[:80])
    return int(text, 16)


def _rounded(value: Fraction) -> str:
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.2e}"


def _time_parts(text: str) -> tuple[int, Fraction]:
    match = _TIME.fullmatch(text.strip()) if _short(text) else None
    if match is None:
        raise NoAnswer(text[:80])
    seconds = (
        int(match["hours"] or 0) * 3600 + int(match["minutes"] or 0) * 60 + Fraction(match["seconds"] or 0)
    )
    return int(match["days"] or 0), seconds


def _factors(text: str) -> list[int]:
    if len(text) > 4 * MAX_DIGITS:
        raise NoAnswer(text[:80])
    parts = re.split(r"\s*(?:×|\*|·|\bx\b|\\times|\\cdot)\s*", text.strip())
    if not all(re.fullmatch(r"\d{1,400}", part) for part in parts):
        raise NoAnswer(text[:80])
    return sorted(map(int, parts))


def _short(text: str) -> bool:
    return len(text) <= MAX_DIGITS
