r"""Lists of answers: `[1, 2]`, `(0.8, 0, 0.6)`, `x = 1 and y = 2`, `\begin{pmatrix} 1 \\ 2 \end{pmatrix}`.

Not covered: lists in words, and units that stand once behind a whole list.
"""

import re
from typing import Final

from rewards.notation import tidy

MAX_CHARS: Final = 4_000
MAX_ITEMS: Final = 500
MAX_DEPTH: Final = 4

_OPENING: Final = {"(": ")", "[": "]", "{": "}"}
_MATRIX: Final = re.compile(r"\\(?:begin|end)\s?\{[a-zA-Z]?(?:matrix|array)\}(?:\{[clr|\s]{0,20}\})?")
_NAMES: Final = (
    (r"\langle", "("),
    (r"\rangle", ")"),
    (r"\{", "{"),
    (r"\}", "}"),
    (r"\lbrace", "{"),
    (r"\rbrace", "}"),
)
_AND: Final = r"(?:\band\b|\\text\s?\{\s?and\s?\})"
_SEPARATOR: Final = re.compile(rf"(?:[,;]\s?{_AND}?|&|\\\\|{_AND})")
_LABEL: Final = re.compile(r"(?:\([^()=]{1,60}\)\s?|[^,;=()\[\]]{1,60})[=:](?=[^=]*\Z)")
"""What a list is called: `(x, y) =`, `roots:`."""


def items_of(text: str) -> list[str] | None:
    """The items of a list, as texts; None where the text is no list, or is too long.

    One thing is a list only in brackets. Brackets of any kind around the whole count for nothing, and within
    brackets nothing is cut.
    """
    if len(text) > MAX_CHARS:
        return None
    text = _MATRIX.sub(" ", tidy(text))
    for name, sign in _NAMES:
        text = text.replace(name, sign)
    label = _LABEL.match(text)
    if label is not None:
        text = text[label.end() :]
    bare = text.strip()
    inner = _inner(bare)
    items = _cut(inner.removesuffix(","))
    if items is None or not all(items) or not (inner == bare) < len(items) <= MAX_ITEMS:
        return None
    return items


def is_bracketed(text: str) -> bool:
    """Whether square brackets stand around the whole."""
    bare = tidy(text)
    return bare.startswith("[") and bare.endswith("]") and _inner(bare) != bare


def _inner(text: str) -> str:
    """What stands inside the brackets around the whole text; the text where there are none."""
    closing = _OPENING.get(text[:1])
    if closing is None or not text.endswith(closing):
        return text
    depth = 0
    for place, character in enumerate(text):
        depth += (character in _OPENING) - (character in _OPENING.values())
        if depth == 0:
            return text[1:-1].strip() if place == len(text) - 1 else text
    return text


def _cut(text: str) -> list[str] | None:
    """The parts between separators outside brackets; None where the brackets do not match."""
    depths: list[int] = []
    depth = 0
    for character in text:
        depth += character in _OPENING
        depths.append(depth)
        depth -= character in _OPENING.values()
        if depth < 0:
            return None
    if depth:
        return None
    items: list[str] = []
    start = 0
    for match in _SEPARATOR.finditer(text):
        if depths[match.start()] == 0:
            items.append(text[start : match.start()].strip())
            start = match.end()
    return [*items, text[start:].strip()]
