r"""Numbers and units in one plain spelling, whether they came in LaTeX, Unicode or prose.

`3.0 \times 10^{8}\ \mathrm{m/s}` and `3.0×10⁸ m/s` both become `3.0 * 10^(8) m/s`.

Not covered: formulas (see `rewards.mathematics`); siunitx's macros.
"""

import re
from typing import Final

MAX_CHARS: Final = 400
"""Of a text that may be a quantity."""

_CHARACTERS: Final = str.maketrans(
    {
        **dict.fromkeys("\u2212\u2013\u2010\u2011", "-"),
        **dict.fromkeys("\u00b7\u22c5\u2219\u2022\u00d7", "*"),
        **dict.fromkeys("\u00a0\u2009\u202f\u2002\u2003\u200a~", " "),
        **dict.fromkeys("\u200b\u200e\u200f\ufeff\u2060$", ""),
        "\u03bc": "\u00b5",
        "\u2126": "Ω",
        "\u212b": "Å",
        "\u2103": "°C",
        "\u2109": "°F",
        "\u2113": "l",
        "[": "(",
        "]": ")",
    }
)
_SUPERSCRIPT: Final = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")
_SUPERSCRIPTS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SUBSCRIPTS: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-")
_STEPS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"\{,\}|(?<=\d)\\[,!] ?(?=\d{3}(?!\d))"), ","),
    (re.compile(r"\\[()\[\]]|\\(?:left|right|displaystyle)(?![A-Za-z])"), ""),
    (re.compile(r"\\[,;:! ]|\\q?quad(?![A-Za-z])"), " "),
    (
        re.compile(r"\\(?:text|mathrm|textrm|textbf|mathbf|mathsf|mathit|operatorname|mbox|rm)(?![A-Za-z])"),
        "",
    ),
    (re.compile(r"(?:\{\})?\^?\s?\{?\s?\\circ(?![A-Za-z])\s?\}?|\\(?:text)?degree(?![A-Za-z])"), "°"),
    (re.compile(r"\^\s?\{?\s?°\s?\}?"), "°"),
    (re.compile(r"\\(?:times|cdot|ast)(?![A-Za-z])"), "*"),
    (re.compile(r"\\mu(?![A-Za-z])[\s{]*(?=[A-Za-z])"), "µ"),
    (re.compile(r"\\Omega(?![A-Za-z])"), "Ω"),
    (re.compile(r"\\(?:AA|mathring\{A\})(?![A-Za-z])"), "Å"),
    (re.compile(r"\\ell(?![A-Za-z])"), "l"),
    (re.compile(r"\\(?=%)"), ""),
    (re.compile(r"\*\*"), "^"),
    (re.compile(r"\^\s?\{([^{}]{1,12})\}"), r"^(\1)"),
)
_FRACTION: Final = re.compile(r"\\[dtc]?frac(?![A-Za-z])\s?")
_WHOLE_FRACTION: Final = re.compile(r"\(\(\s?(\d+)\s?\)/\(\s?(\d+)\s?\)\)")


def plain(text: str) -> str:
    """The plain spelling of a text of at most `MAX_CHARS` characters."""
    spelled = _SUPERSCRIPT.sub(lambda match: f"^{match[0].translate(_SUPERSCRIPTS)}", text)
    spelled = spelled.translate(_CHARACTERS)
    for pattern, replacement in _STEPS:
        spelled = pattern.sub(replacement, spelled)
    spelled = _with_slashes(spelled).replace("{", " ").replace("}", " ")
    return " ".join(_WHOLE_FRACTION.sub(r" \1/\2 ", spelled).split())


def same_spelling(one: str, other: str) -> bool:
    """Whether two texts differ in no more than blanks and how indices are set, as `H_2O` and `H₂O` do."""
    return max(len(one), len(other)) <= MAX_CHARS and _flat(one) == _flat(other)


def _flat(text: str) -> str:
    flat = re.sub(r"(?<=[A-Za-z)}])_", "", text.translate(_SUBSCRIPTS))
    return re.sub(r"(?<=\D) | (?=\D)", "", re.sub(r"\^\(([^()]*)\)", r"^\1", plain(flat)))


def _with_slashes(text: str) -> str:
    r"""`\frac{a}{b}` as `((a)/(b))`; one that is not written with two pairs of braces stays."""
    match = _FRACTION.search(text)
    while match is not None:
        above = _braced(text, match.end())
        below = None if above is None else _braced(text, above[1])
        if above is None or below is None:
            return text
        text = f"{text[: match.start()]}(({above[0]})/({below[0]})){text[below[1] :]}"
        match = _FRACTION.search(text)
    return text


def _braced(text: str, start: int) -> tuple[str, int] | None:
    """What stands in the braces that open at `start`, and where they end."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth == 0:
            return (text[start + 1 : place], place + 1) if place > start else None
    return None
