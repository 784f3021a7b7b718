"""Yes and no: what a text says of a statement.

Not covered: sentences that affirm or deny without one of the words ("W is not a subspace").
"""

import re
from typing import Final

MAX_CHARS: Final = 400

_WORDS: Final = {
    **dict.fromkeys(("true", "yes", "correct", "right"), True),
    **dict.fromkeys(("false", "no", "incorrect", "wrong", "untrue"), False),
}
_WORD: Final = "|".join(_WORDS)
_MARKUP: Final = re.compile(r"\\(?:text|mathrm|textbf|mathbf|textit|boxed)(?![A-Za-z])|[*_`{}$\"'.]")
_FIRST: Final = re.compile(
    rf"(?:(?:it|this|that|the statement|the answer) is )?(?P<not>not )?(?P<word>{_WORD})\b"
)
_LAST: Final = re.compile(
    rf"\b(?:is|are|be)(?: therefore| thus| indeed)?(?P<not> not|nt)? (?P<word>{_WORD})\s?\Z"
)
_OTHER: Final = re.compile(rf"\W*(?:or|and|/|,)?\W*(?P<word>{_WORD})\b")
_NUMBERS: Final = {"1": True, "0": False, "t": True, "f": False, "y": True, "n": False}


def truth_of(text: str, *, numbers: bool = False) -> bool | None:
    """What a short text says, by its first word or by what its last sentence ends in.

    None where it says nothing or both. With `numbers`, `1` and `0` and first letters count as words do.
    """
    plain = " ".join(_MARKUP.sub(" ", text[-MAX_CHARS:]).casefold().split()).strip(" ,;:!")
    if numbers and plain in _NUMBERS:
        return _NUMBERS[plain]
    match = _FIRST.match(plain)
    if match is not None:
        other = _OTHER.match(plain, match.end())
        if other is not None and _WORDS[other["word"]] != _WORDS[match["word"]]:
            return None
    else:
        match = _LAST.search(plain)
    return None if match is None else _WORDS[match["word"]] != bool(match["not"])
