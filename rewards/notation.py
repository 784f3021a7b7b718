"""How formulas are written: what changes looks alone, and numbers that can be read at a glance.

Not covered: everything that takes a grammar; see `rewards.mathematics`.
"""

import re
from fractions import Fraction
from typing import Final

MAX_DIGITS: Final = 300
"""In one number. Python itself refuses to read more than 4300."""

_SPACING: Final = re.compile(r"(?<!\\)\\(?:[;: ]|quad\b|qquad\b)|~")
_DROPPED: Final = re.compile(r"(?<!\\)\\!\s*|\\(?:left|right)\b(?!arrow)|\\\$|^\\displaystyle\b")
_FRACTION_COMMANDS: Final = re.compile(r"\\[dtc]frac(?![A-Za-z])")
_FENCES: Final = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"))
_PLAIN_ROOT: Final = re.compile(r"\\?\bsqrt\(([^()]*)\)")
_PLAIN_POWER: Final = re.compile(r"\^\(([^()]*)\)")

_INTEGER: Final = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+"
_NUMBER: Final = re.compile(rf"(?P<sign>[+-]?)\s*(?P<whole>{_INTEGER})?(?P<point>\.\d*)?")
_RATIO: Final = re.compile(r"(?P<sign>[+-]?)\s*(?:\\frac\{(\d+)\}\{(\d+)\}|\\frac(\d)(\d)|(\d+)\s*/\s*(\d+))")


def tidy(text: str) -> str:
    """Without what changes how a formula looks and not what it says."""
    tidied = text.strip()
    for opening, closing in _FENCES:
        inner = tidied[len(opening) : -len(closing)]
        if tidied.startswith(opening) and tidied.endswith(closing) and opening[-1] not in inner and inner:
            tidied = inner.strip()
    tidied = _FRACTION_COMMANDS.sub(r"\\frac", _DROPPED.sub("", tidied))
    tidied = re.sub(r"\\,(?=\d{3}(?!\d))", " ", tidied).replace(r"\,", " ")
    tidied = _SPACING.sub(" ", tidied).replace("−", "-").replace("–", "-")
    return " ".join(tidied.split()).rstrip(".").rstrip()


def plain_to_latex(text: str) -> str:
    """Powers and roots as calculators write them, turned into LaTeX."""
    if "(" not in text and "**" not in text:
        return text
    latex = _PLAIN_ROOT.sub(r"\\sqrt{\1}", text.replace("**", "^"))
    return _PLAIN_POWER.sub(r"^{\1}", latex)


def exact_number(text: str) -> Fraction | None:
    """The integer, decimal or fraction that `text` is as a whole, exactly; None for all else."""
    if len(text) > MAX_DIGITS:
        return None
    ratio = _RATIO.fullmatch(text)
    if ratio is not None:
        above, below = (int(part) for part in ratio.groups()[1:] if part is not None)
        value = Fraction(above, below) if below else None
    else:
        number = _NUMBER.fullmatch(text)
        ratio = number
        if number is None or not (number["whole"] or (number["point"] or "").strip(".")):
            return None
        whole = re.sub("[ ,]", "", number["whole"] or "0")
        value = Fraction(whole + (number["point"] or "").rstrip("."))
    return value if value is None or ratio is None or ratio["sign"] != "-" else -value
