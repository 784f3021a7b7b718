r"""Numbers with units as people write them, and how close is close enough.

Read: `9.81 m/s^2`, `3.0 \times 10^{8}\ \mathrm{m/s}`, `1.5e-3 mol`, `1,200 km`, `25^\circ C`, `1/2`,
`5 million years`, `v = 3.2 m/s`, `about 4 kg`, `\frac{\pi}{2}\ \mathrm{rad}`; `5 m to the left` is 5 m.

Close enough, where the reference has a unit or decimals, by its significant figures: one figure, 5 %; two,
half a unit of the second and at least 1 %; three or more, one unit of the third and at least 0.5 %.
A reference that is a whole number or a fraction without a unit is exact: it is a count.

Not covered: intervals, errors (`5 ± 0.1 m`), and several quantities (see `rewards.science.lists`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from rewards.notation import tidy
from rewards.science.spelling import MAX_CHARS, plain
from rewards.science.units import Reading, unit_readings

MAX_POWER: Final = 400
MAX_SPLITS: Final = 12
MAX_DIGITS: Final = 80
SURE_FIGURES: Final = 3

_POWER: Final = r"10\s?\^\s?(?:\(\s?[+-]?\d{1,6}\s?\)|[+-]?\d{1,6})(?![\d.])"
_NUMBER: Final = re.compile(
    r"(?P<sign>[+-]?)\s?(?:(?P<above>\d+)\s?/\s?(?P<below>\d+)(?![\d.])"
    rf"|(?P<ten>{_POWER})"
    r"|(?P<mantissa>(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:\.\d*)?|\.\d+)"
    rf"(?:[eE](?P<e>[+-]?\d{{1,6}})(?![\d.])|\s?[*xX]\s?(?P<times>{_POWER})"
    r"|\s(?P<word>thousand|million|billion|trillion)(?![a-z]))?)"
)
_DECIMAL_COMMA: Final = re.compile(r"\A([+-]?\d+),(\d{1,2}|\d{4,})(?=\s?[*A-Za-zµΩ°])")
"""Before a unit; without one, `9,81` is a list."""
_NUMBER_WORDS: Final = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_GOES_ON: Final = re.compile(r"[\d.,^\\!]|\s?[*^+=<>±]|\s?-\s?\d|\s?/\s?\d|\s\d(?!\s?/\s?[A-Za-z(])")
"""What may follow digits only where they are a part of a number or a formula."""
_ABOUT: Final = re.compile(
    r"(?:about|approximately|approx\.?|around|roughly|nearly|pH|≈|\\approx|\\sim(?:eq)?)\s*"
)
_EQUALS: Final = re.compile(r"=|≈|≃|\\approx(?![A-Za-z])|\\sim(?:eq)?(?![A-Za-z])")
_SEVERAL: Final = re.compile(r"[,;]\s|\b(?:or|and)\b")
_ASIDE: Final = re.compile(r"\s\((?:or |i\.e\.,? |≈ ?|= ?)?(?P<aside>[^()]*\d[^()]*)\)$")
_JOINS: Final = r"(?:or|and|not|nor|but|per|times|plus|minus|over|squared|cubed|square|cubic)\b"
_WORDS_AFTER: Final = re.compile(
    rf"(?:\s(?!{_JOINS})[A-Za-z]{{2,20}}){{1,6}}|[,;]\s(?!{_JOINS})[^\d\\=]{{1,200}}|\s\([^()\d]{{1,60}}\)"
)
"""A few words, a clause, or words in parentheses."""
_NEXT_SENTENCE: Final = re.compile(r"(?<=\S)\.\s+(?=[A-Z])")
_NOUN: Final = re.compile(rf"(?:(?!{_JOINS})[A-Za-z]{{2,30}}[ -])?(?!{_JOINS})[A-Za-z]{{4,30}}")
_UNIT_START: Final = re.compile(r"\\(?:mathrm|text|textrm|rm|[,;:]|quad)(?![A-Za-z])|\\ |~|\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number as it was written, with its unit."""

    value: Fraction | None
    formula: str = ""
    """What the value has to be computed from, where it is not written as a number."""
    figures: int | None = None
    """Significant figures as written, zeros at the end too; None for a fraction or a formula."""
    digit: Fraction = Fraction(0)
    """One unit of the last figure."""
    whole: bool = False
    """Whether it is a whole number or a fraction, so that without a unit it is exact."""
    units: tuple[Reading, ...] = (Reading(()),)
    """All that the unit's text may mean; none where it is a noun that counts things."""
    words: str = ""
    """The unit's text; empty where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far off an answer may be, where the reference says so itself."""

    relative: Fraction = Fraction(0)
    absolute: Fraction = Fraction(0)


def quantities(text: str) -> list[Quantity]:
    """The ways to read `text` as one quantity; empty where it is none.

    They differ in where the number ends and the unit begins, and in whether words follow the unit. The first
    whose unit is known counts.
    """
    text = _value_part(tidy(_NEXT_SENTENCE.split(text[: MAX_CHARS + 1], maxsplit=1)[0]))
    if not text or len(text) > MAX_CHARS:
        return []
    written = _written(plain(text))
    return list(_computed(text)) if written is None else written


def with_unit(quantity: Quantity, unit: str) -> list[Quantity]:
    """The quantity in each unit that a text given apart from it may be; the last is unknown to all."""
    spelled = plain(unit[:MAX_CHARS])
    found = [*_unit_texts(spelled), ((), spelled)]
    return [replace(quantity, units=units, words=words) for units, words in found]


def aside(text: str) -> tuple[str, str | None]:
    """A text without the second quantity in parentheses at its end, and that: `981 cm (9.81 m)`."""
    match = _ASIDE.search(text) if len(text) <= MAX_CHARS else None
    return (text, None) if match is None else (text[: match.start()], match["aside"])


def close_enough(
    value: Fraction, reference: Fraction, quantity: Quantity, tolerance: Tolerance | None
) -> bool:
    """Whether `value` is `reference`, both in one unit; `quantity` is how the reference was written."""
    distance = abs(value - reference)
    if tolerance is not None:
        return distance <= max(tolerance.relative * abs(reference), tolerance.absolute)
    if quantity.whole and not quantity.words:
        return distance == 0
    return distance <= _allowed(abs(reference), quantity)


def _allowed(size: Fraction, quantity: Quantity) -> Fraction:
    if not size:
        return quantity.digit / 10**9
    if quantity.figures is None:
        return size / 200
    scale = size / abs(quantity.value) if quantity.value else Fraction(1)
    digit = quantity.digit * scale
    if quantity.figures >= SURE_FIGURES:
        return max(digit * Fraction(10) ** (quantity.figures - SURE_FIGURES), size / 200)
    return max(digit / 2, size / 100) if quantity.figures > 1 else size / 20


def _value_part(text: str) -> str:
    """What follows the last equals sign, where only one thing is named before it."""
    equals = list(_EQUALS.finditer(text))
    if equals:
        if _SEVERAL.search(text[: equals[-1].start()]):
            return ""
        text = text[equals[-1].end() :].strip()
    about = _ABOUT.match(text)
    return text[about.end() :] if about is not None else text


def _written(text: str) -> list[Quantity] | None:
    """The quantity whose number is written out; None where the text does not begin with a number alone."""
    text = _DECIMAL_COMMA.sub(r"\1.\2", text)
    match = _NUMBER.match(text)
    if match is None or _GOES_ON.match(text, match.end()):
        return None
    number = _number(match)
    if number is None:
        return []
    return [
        replace(number, units=units, words=words) for units, words in _unit_texts(text[match.end() :].strip())
    ]


def _number(match: re.Match[str]) -> Quantity | None:
    sign = -1 if match["sign"] == "-" else 1
    if len(match[0]) > MAX_DIGITS:
        return None
    if match["above"] is not None:
        below = int(match["below"])
        return Quantity(value=Fraction(sign * int(match["above"]), below), whole=True) if below else None
    tens = match["ten"] or match["times"] or ""
    power = int(match["e"] or re.sub(r"[\s()]", "", tens.partition("^")[2]) or 0)
    power += _NUMBER_WORDS.get(match["word"] or "", 0)
    if abs(power) > MAX_POWER:
        return None
    mantissa = re.sub("[, ]", "", match["mantissa"] or "1")
    ten, decimals = Fraction(10) ** power, len(mantissa.partition(".")[2])
    return Quantity(
        value=sign * Fraction(mantissa.rstrip(".")) * ten,
        figures=max(1, len(mantissa.replace(".", "").lstrip("0"))),
        digit=ten / 10**decimals,
        whole="." not in mantissa and not power and not tens,
    )


def _unit_texts(text: str) -> Iterator[tuple[tuple[Reading, ...], str]]:
    """The unit that a text is, with and without words after it, and the noun that it may be."""
    if not text:
        yield (Reading(()),), ""
        return
    cuts = [len(text), *(place for place in range(len(text) - 1, 0, -1) if text[place] in " ,;")]
    for cut in cuts:
        if cut < len(text) and not _WORDS_AFTER.fullmatch(text, cut):
            continue
        readings = unit_readings(text[:cut])
        if readings:
            yield readings, text[:cut]
    if _NOUN.fullmatch(text):
        yield (), text


def _computed(text: str) -> Iterator[Quantity]:
    """A formula, and a unit or none after it; the longest unit first."""
    for split in list(_UNIT_START.finditer(text))[:MAX_SPLITS]:
        formula, unit = text[: split.start()].strip(), plain(text[split.start() :])
        readings = unit_readings(unit) if formula and unit else ()
        if readings:
            yield Quantity(value=None, formula=formula, units=readings, words=unit)
    yield Quantity(value=None, formula=text)
