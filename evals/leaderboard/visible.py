"""Text that others wrote, made fit to show: whatever would hide, reorder or break is made visible.

Escaping for HTML is the templates' affair.
"""

import re
from typing import Final

LONGEST: Final = 100_000
"""Characters of one text that are shown."""

_UNFIT: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def visible(text: str) -> str:
    """The text with control characters as their pictures and bidirectional controls as `⟨U+202E⟩`.

    Lone surrogates, which no web page can hold, become U+FFFD. Line breaks and tabs stay.
    """
    shown = _UNFIT.sub(_picture, text.replace("\r\n", "\n"))
    if len(shown) <= LONGEST:
        return shown
    return f"{shown[:LONGEST]}\n… {len(shown) - LONGEST:,} more characters are not shown"


def excerpt(text: str, length: int = 140) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text[: 4 * length].split())
    return line if len(line) <= length and len(text) <= 4 * length else f"{line[:length]}…"


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"⟨U+{code:04X}⟩"
