"""Units as they are written: `m/s^2`, `J mol^(-1) K^(-1)`, `kg*m^2`, `meters per second`, `10^(-3) nm`.

A grammar over names and whole or broken exponents, with limits on length, depth and exponents. It knows no
unit: which names are units, and what they are worth, is told by `rewards.tasks.units`. A text may mean more
than one thing (`J/mol*K` is mostly meant as `J/(mol*K)`, a pound may be a force); each meaning is a reading.

Not covered: units with a power of a number other than ten.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Final

MAX_CHARS: Final = 80
MAX_TOKENS: Final = 48
MAX_DEPTH: Final = 4
MAX_EXPONENT: Final = 40
MAX_NAME_CHARS: Final = 40

Terms = tuple[tuple[str, Fraction], ...]
"""Names with their exponents, in the order written."""

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<power>10\s?\^\s?(?:\([+-]?\d{1,3}\)|[+-]?\d{1,3}))|(?P<one>1(?![\d.]))"
    r"|(?P<exponent>\^\s?(?:\(\s?[+-]?\d{1,3}(?:[./]\d{1,2})?\s?\)|[+-]?\d{1,3}(?:\.\d)?))"
    r"|(?P<glued>(?<=[A-Za-zµΩÅ])[+-]?\d(?![\d.]))"
    r"|(?P<name>[A-Za-zµΩÅ°%]+(?:_[A-Za-z]+)*)|(?P<sign>[*/()-]))"
)
_TEMPERATURE: Final = re.compile(
    r"(?:°|\bdeg(?:ree)?s?\b\.?)\s?(?:(?P<c>C\b|[Cc]elsius\b|[Cc]entigrade\b)|(?P<f>F\b|[Ff]ahrenheit\b)"
    r"|(?:K\b|[Kk]elvins?\b))"
)
_JOINED: Final = (
    (re.compile(r"Δ\s?°\s?C|\bC\s?°"), " delta_degC "),
    (re.compile(r"\bF\s?°"), " delta_degF "),
    (re.compile(r"\b(mm|cm|in)\s?Hg\b"), r"\1Hg"),
    (re.compile(r"\b([kMGmµ])\s(?=Ω)"), r"\1"),
    (re.compile(r"\b((?:kilo|mega|giga)?)\s?electron[ -]?volts?\b", re.IGNORECASE), r"\1electron_volt"),
    (re.compile(r"\b(light|metric|nautical|fluid)[ -](year|ton|mile|ounce)", re.IGNORECASE), r"\1_\2"),
    (re.compile(r"\batomic mass units?\b", re.IGNORECASE), "amu"),
)
"""Names of two words, and names that LaTeX cuts in two."""
_GLUED: Final = re.compile(
    r"(?P<one>kg|k?mol|[kMGmµn]?(?:J|N|Pa|V|A|W|C|T|eV)|g(?!m\Z))(?P<two>mol|kg|cm|mm|m|s|K|L|A|C|V)"
)
"""Symbols that are often set without a blank between them: `Nm`, `Jmol`, `kgm`."""
_POWER_WORDS: Final = {"squared": 2, "cubed": 3}
_POWERS_AHEAD: Final = {"square": 2, "sq": 2, "cubic": 3}
_ALIASES: Final = {
    **dict.fromkeys(("°", "degs"), "degree"),
    "%": "percent",
    **dict.fromkeys(("Kg", "KG", "kgs"), "kg"),
    **dict.fromkeys(("gm", "gms"), "gram"),
    **dict.fromkeys(("Km", "KM", "kms"), "km"),
    **dict.fromkeys(("sec", "secs"), "second"),
    "mins": "minute",
    "hrs": "hour",
    **dict.fromkeys(("KJ", "Kj", "kj"), "kJ"),
    **dict.fromkeys(("HZ", "hz"), "Hz"),
    "khz": "kHz",
    **dict.fromkeys(("ev", "Ev", "EV"), "eV"),
    **dict.fromkeys(("Torr", "torrs"), "torr"),
    "atms": "atm",
    "AU": "au",
    **dict.fromkeys(("amp", "amps", "Amp", "Amps"), "ampere"),
    "henries": "henry",
    "mhos": "siemens",
    "mho": "siemens",
    "mcg": "microgram",
    **dict.fromkeys(("molar", "molarity"), "M"),
    **dict.fromkeys(("rev", "revs"), "revolution"),
    "kmh": "kph",
    **dict.fromkeys(("G", "gauss", "Gauss"), "gauss_of_tesla"),
}
_LONE_LETTERS: Final = ((("C", Fraction(1)),), (("F", Fraction(1)),))
_POUNDS: Final = frozenset({"lb", "lbs", "pound", "pounds"})


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of a unit's text: named units, and a power of ten in front of them."""

    terms: Terms
    ten: int = 0


def unit_readings(text: str) -> tuple[Reading, ...]:
    """All that a text in plain spelling may mean as a unit; none where it is not written as one.

    The empty text is the unit of bare numbers.
    """
    if len(text) > MAX_CHARS:
        return ()
    tokens = _tokens(text)
    if tokens is None:
        return ()
    found: list[Reading] = []
    for cut, low_slash in product((tokens, _cut(tokens)), (False, True)):
        reader = _UnitReader(cut, low_slash=low_slash)
        try:
            terms = reader.whole()
        except _NotAUnit:
            return ()
        found.append(Reading(terms, reader.ten))
    found += [Reading(_otherwise(reading.terms), reading.ten) for reading in found]
    return tuple(dict.fromkeys(found))


class _NotAUnit(Exception):
    """The text is no unit."""


class _UnitReader:
    """One pass over the tokens; with `low_slash` all that follows a slash is below it."""

    def __init__(self, tokens: Sequence[tuple[str, str]], *, low_slash: bool) -> None:
        self._tokens = tokens
        self._at = 0
        self._low_slash = low_slash
        self._depth = 0
        self.ten = 0

    def whole(self) -> Terms:
        terms = self._product()
        if self._at < len(self._tokens):
            raise _NotAUnit
        alone = len(terms) == 1 and terms[0][1] == 1
        return terms if alone else tuple((_difference(name), exponent) for name, exponent in terms)

    def _product(self) -> Terms:
        terms: list[tuple[str, Fraction]] = []
        below, wanted = 1, False
        while self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            if text == ")":
                break
            if text in {"*", "-"}:
                below = below if self._low_slash else 1
            elif text in {"/", "per"}:
                below = -1
            else:
                terms += [(name, exponent * below) for name, exponent in self._factor(kind, text, below)]
                below = below if self._low_slash else 1
                wanted = False
                continue
            if wanted or (not terms and text != "/" and text != "per"):
                raise _NotAUnit
            wanted = True
            self._at += 1
        if wanted:
            raise _NotAUnit
        return tuple(terms)

    def _factor(self, kind: str, text: str, below: int) -> Terms:
        self._at += 1
        if kind == "one":
            return ()
        if kind == "power":
            self.ten += below * int(re.sub(r"[\s()]", "", text.partition("^")[2]))
            return ()
        ahead = _POWERS_AHEAD.get(text)
        if ahead is not None:
            following = self._next("name")
            if following is None:
                raise _NotAUnit
            return self._raised(((_named(following), Fraction(ahead)),))
        if text == "(":
            return self._raised(self._group())
        if kind != "name":
            raise _NotAUnit
        return self._raised(((_named(text), Fraction(1)),))

    def _group(self) -> Terms:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _NotAUnit
        inner = self._product()
        if self._next("sign") != ")":
            raise _NotAUnit
        self._depth -= 1
        return inner

    def _raised(self, terms: Terms) -> Terms:
        exponent = Fraction(1)
        written = self._next("exponent") or self._next("glued")
        if written is not None:
            exponent = _exponent(written)
        elif self._at < len(self._tokens) and self._tokens[self._at][1] in _POWER_WORDS:
            exponent = Fraction(_POWER_WORDS[self._tokens[self._at][1]])
            self._at += 1
        raised = tuple((name, power * exponent) for name, power in terms)
        if any(abs(power) > MAX_EXPONENT for _, power in raised):
            raise _NotAUnit
        return raised

    def _next(self, kind: str) -> str | None:
        """Take the next token where it is of this kind."""
        if self._at < len(self._tokens) and self._tokens[self._at][0] == kind:
            self._at += 1
            return self._tokens[self._at - 1][1]
        return None


def _tokens(text: str) -> list[tuple[str, str]] | None:
    """The tokens (kind, text); None where something is left, or there are too many."""
    for pattern, name in _JOINED:
        text = pattern.sub(name, text)
    text = _TEMPERATURE.sub(lambda match: " degC" if match["c"] else " degF" if match["f"] else " K", text)
    found: list[tuple[str, str]] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or len(match[0]) > MAX_NAME_CHARS or len(found) == MAX_TOKENS:
            return None
        kind = str(match.lastgroup)
        found.append((kind, match[kind]))
        at = match.end()
    return found


def _cut(tokens: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The tokens with symbols that stand glued taken apart, and `ms` before a power below 0."""
    found: list[tuple[str, str]] = []
    for place, (kind, text) in enumerate(tokens):
        following = tokens[place + 1][1] if place + 1 < len(tokens) else ""
        glued = _GLUED.fullmatch(text) if kind == "name" else None
        if text == "ms" and re.match(r"[\s^(]*-", following):
            found += [("name", "m"), ("name", "s")]
        elif glued is not None:
            found += [("name", glued["one"]), ("name", glued["two"])]
        else:
            found.append((kind, text))
    return found


def _exponent(written: str) -> Fraction:
    try:
        return Fraction(re.sub(r"[\s()^+]", "", written))
    except ZeroDivisionError:
        raise _NotAUnit from None


def _named(text: str) -> str:
    return _ALIASES.get(text, text)


def _difference(name: str) -> str:
    """A temperature in a compound unit, as in `J/°C`, is a difference."""
    return f"delta_{name}" if name in {"degC", "degF"} else name


def _otherwise(terms: Terms) -> Terms:
    """With pounds as forces; a lone `C` or `F` as a temperature."""
    if terms in _LONE_LETTERS:
        return ((f"deg{terms[0][0]}", Fraction(1)),)
    return tuple(("force_pound" if name in _POUNDS else name, exponent) for name, exponent in terms)
