"""The engine's word on one pair of texts: equal, different, or none."""

import re
from typing import Final

from rewards.mathematics.comparison import same
from rewards.mathematics.node import Unreadable
from rewards.mathematics.structure import readings
from rewards.mathematics.value import TooLarge
from rewards.mathematics.words import PLAIN_FUNCTIONS

_SEGMENT: Final = re.compile(r"\$\$?([^$]+)\$\$?|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_PROSE: Final = re.compile(r"\s*(?P<word>[A-Za-z]{2,})[,.]?\s+(?=[A-Za-z$\\])")
_CONCLUSION: Final = re.compile(
    r".*(?:\b(?:is|are|equals|be|get|gives|by)\b|[=:])\s*(?P<rest>[^=:]{1,80})\Z", re.DOTALL
)


def equal(gold: str, answer: str) -> bool | None:
    """Whether two texts say the same; None where one of them cannot be read or compared.

    A number too large to be had within bounds equals only what is written like it.
    """
    try:
        wanted, given = readings(formula_of(gold)), readings(formula_of(answer))
    except (Unreadable, RecursionError):
        return None
    words: list[bool | None] = []
    for one in wanted:
        for other in given:
            try:
                words.append(same(one, other))
            except TooLarge:
                words.append(False)
            except (Unreadable, RecursionError, KeyError):
                words.append(None)
    return True if True in words else None if None in words else False


def is_readable(text: str) -> bool:
    """Whether the engine can read a text at all."""
    try:
        return bool(readings(formula_of(text)))
    except (Unreadable, RecursionError):
        return False


def formula_of(text: str) -> str:
    """What a text in prose concludes; any other text as it is.

    Of several lines it is the last, of a sentence what follows its last "is", or its one formula.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and not re.search(r"\\begin|\$|\\[(\[]", text):
        text = lines[-1]
    prose = _PROSE.match(text)
    if prose is None or prose["word"] in PLAIN_FUNCTIONS or not re.search(r"[\d$\\]", text):
        return text
    segments: list[str] = [next(filter(None, found)) for found in _SEGMENT.findall(text)]
    around = _SEGMENT.sub(" ", text)
    if len(segments) == 1 and not re.search(r"\d", around):
        return segments[0]
    conclusion = _CONCLUSION.match(text)
    if conclusion is None:
        raise Unreadable("prose")
    return conclusion["rest"].strip("* ")
