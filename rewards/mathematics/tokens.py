r"""Cuts LaTeX or plain text into tokens. Looks are dropped here: spacing, sizes, fonts, fences.

Limits: `MAX_CHARS` characters, `MAX_DIGITS` digits in a row, `MAX_EXPONENT` for scientific notation.

Not covered: macros that a text defines itself.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rewards.mathematics.node import Unreadable

MAX_CHARS: Final = 2_000
MAX_DIGITS: Final = 300
MAX_EXPONENT: Final = 400

_UNICODE: Final = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "×": r"\times ",
        "·": r"\cdot ",
        "÷": "/",
        "π": r"\pi ",
        "∞": r"\infty ",
        "≤": r"\le ",
        "≥": r"\ge ",
        "≠": r"\ne ",
        "∈": r"\in ",
        "∪": r"\cup ",
        "∩": r"\cap ",
        "±": r"\pm ",
        "√": r"\sqrt ",
        "°": r"^\circ ",
        "≈": r"\approx ",
        "∅": r"\emptyset ",
        "²": "^2",
        "³": "^3",
        "½": r"\frac12 ",
        "¼": r"\frac14 ",
        "¾": r"\frac34 ",
        "θ": r"\theta ",
        "\u200b": "",
        "\u200e": "",
        "\u200f": "",
        "\ufeff": "",
        "\u00a0": " ",
        "\u202f": " ",
        "％": r"\%",
    }
)
_DROPPED: Final = re.compile(
    r"\\(?:left|right|[bB]ig+[lrm]?|displaystyle|textstyle|limits|nolimits|rm|bf|it|boldsymbol)(?![A-Za-z])"
    r"|\\!|\\phantom\{[^{}]*\}|\\hspace\{[^{}]*\}|\\label\{[^{}]*\}"
)
_SPACES: Final = re.compile(r"(?<!\\)\\[;: ]|\\q?quad|~")
_THIN: Final = re.compile(r"(?<!\\)\\,")
_FONTS: Final = re.compile(
    r"\\(?:mathrm|mathit|mathbf|mathsf|mathnormal|operatorname\*?|overline|vec|widehat|hat|bar)"
    r"\s*\{\s*([A-Za-z]+|[\d.]+)\s*\}"
)
_TEXT: Final = re.compile(r"\\(?:text|mbox|textbf|textit|textrm|hbox|textnormal)\s*\{([^{}]*)\}")
_ENVIRONMENT: Final = re.compile(r"\\(begin|end)\s*\{([a-z]*)(?:matrix|array|cases)\*?\}(?:\{[clr|\s]*\})?")
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+(?![A-Za-z\d.{]))?)
    |(?P<text>\x01[^\x02]*\x02)
    |(?P<environment>\x03[<>])
    |(?P<newline>\\\\(?:\[[^\]]*\])?)
    |(?P<command>\\(?:[A-Za-z]+|[{}%$|&#_]))
    |(?P<word>[A-Za-z]+)
    |(?P<sign>\*\*|<=|>=|!=|==|\.\.\.|[-+*/^_=<>()\[\]{}|,;:!%'&])""",
    re.VERBOSE,
)
_CURRENCY: Final = re.compile(r"\\\$|[€£¥]|(?<![\w\\])\$(?=\s*[\d.])")
_THOUSANDS: Final = re.compile(
    r"(?<![\d.,])\d{1,3}(?:(?:,|\{,\}|,?\\,|,?\\! ?|,\s*\\!\s*)\d{3})+(?![\d]|,\d)"
)
_SPACED_THOUSANDS: Final = re.compile(r"(?<![\d.,] )(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d ,])")
_ESCAPED: Final = re.compile(r"\\\\(?=[A-Za-z{}])")


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind is a group of the pattern above, `end` after the last."""

    kind: str
    text: str
    glued: bool
    """Whether nothing stands between it and the token before."""


def tokens(text: str) -> list[Token]:
    """The tokens of a text, an `end` token last.

    Raises:
        Unreadable: too long, too many digits, or a character that no formula has.
    """
    if len(text) > MAX_CHARS or re.search(rf"\d{{{MAX_DIGITS}}}", text):
        raise Unreadable("too long")
    cleaned = clean(text)
    found: list[Token] = []
    at, glued = 0, False
    while at < len(cleaned):
        match = _TOKEN.match(cleaned, at)
        if match is None:
            raise Unreadable(f"no formula has {cleaned[at]!r}")
        at = match.end()
        kind = str(match.lastgroup)
        if kind != "space":
            found.append(Token(kind, match[0], glued))
        glued = kind != "space"
    return [*found, Token("end", "", False)]


def clean(text: str) -> str:
    r"""Without what changes looks alone; texts between \x01 and \x02, matrices between \x03< and \x03>."""
    cleaned = text.translate(_UNICODE)
    if "\\begin" not in cleaned:
        cleaned = _ESCAPED.sub(r"\\", cleaned)
    for pattern, replacement in _STEPS:
        cleaned = pattern.sub(replacement, cleaned)
    return cleaned.replace("$", " ").strip()


def _joined(match: re.Match[str]) -> str:
    """Digits in groups as one number; right inside a bracket they are a list."""
    if match.string[: match.start()].rstrip().endswith(("(", "[", "\\{")) or match.string[
        : match.start()
    ].strip() in {"{", "${"}:
        return match[0]
    return re.sub(r"\D", "", match[0])


def _worded(match: re.Match[str]) -> str:
    return f"\x01{match[1].strip()}\x02"


def _bordered(match: re.Match[str]) -> str:
    return "\x03<" if match[1] == "begin" else "\x03>"


_STEPS: Final[tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = (
    (_CURRENCY, " "),
    (_THOUSANDS, _joined),
    (_DROPPED, ""),
    (re.compile(r"(?<=\d)\\,(?=\d{3}(?!\d))"), ""),
    (_SPACES, " "),
    (_THIN, " "),
    (_SPACED_THOUSANDS, _joined),
    (_FONTS, r" \1 "),
    (_TEXT, _worded),
    (_ENVIRONMENT, _bordered),
    (re.compile(r"\\(?:operatorname|mathrm|mathbf)(?![A-Za-z])"), ""),
)
"""In this order: digits are joined before thin spaces become blanks."""
