"""IFBench's rules for the form of a response (arXiv 2507.02833): `format:*`.

As published, except that

- blank lines never count (bullets, stairs, words on lines); published, they do in odd places;
- bullets with sub-bullets need a bullet; published, a response without any passes;
- a thesis in `<em>` must have text after it, and curly quotes are quotes; published, slips of the code
  let both pass;
- blanks around one of the offered options are forgiven.
"""

import re
import string
from collections.abc import Callable
from itertools import pairwise
from typing import Final

import emoji

from rewards.instructions.text import sentences, tokens, trimmed, without_punctuation

_PAIRS: Final = {")": "(", "]": "[", "}": "{"}
_NESTED_BRACKETS: Final = 5
_NESTED_QUOTES: Final = 3
_LETTERED: Final = re.compile(r"\W*a\W*b\W*c\W*", re.IGNORECASE)
_THESIS: Final = re.compile(r"<(i|em)>(.*?)</\1>(.*)", re.DOTALL)
_TEMPLATE: Final = ("My Answer:", "My Conclusion:", "Future Outlook:")
_CURLY: Final = str.maketrans("\u201c\u201d", '""')
_EMOJI_CHARS: Final = 32
"""No emoji is longer."""


def _filled_lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _parentheses(text: str) -> bool:
    levels: list[str] = []
    for char in text:
        if char in "([{":
            levels.append(char)
        elif char in _PAIRS:
            if not levels or levels[-1] != _PAIRS[char]:
                levels.clear()
            elif len(levels) >= _NESTED_BRACKETS:
                return True
            else:
                levels.pop()
    return False


def _quotes(text: str) -> bool:
    levels: list[str] = []
    deepest = 0
    for char in text:
        if levels and char == levels[-1]:
            levels.pop()
            if deepest - len(levels) >= _NESTED_QUOTES:
                return True
        elif char in "\"'":
            levels.append(char)
            deepest = max(deepest, len(levels))
    return False


def _options(text: str, *, options: str) -> bool:
    separator = "/" if "/" in options else r"\bor\b" if re.search(r"\bor\b", options) else ","
    offered = [option.strip() for option in re.split(separator, options)]
    if _LETTERED.match(options):
        return text.strip() in offered
    return trimmed(text.strip()).lower() in [trimmed(option).lower() for option in offered]


def _newline(text: str) -> bool:
    return all(len(line.split()) == 1 for line in _filled_lines(without_punctuation(text)))


def _emoji(text: str) -> bool:
    bare = [without_punctuation(sentence).strip() for sentence in sentences(text)]
    return all(
        sentence and (_ends_with_emoji(sentence) or _starts_with_emoji(following))
        for sentence, following in pairwise([*bare, ""])
    )


def _ends_with_emoji(text: str) -> bool:
    """Whether an emoji stands last, or before one last mark (a selector of its style, say)."""
    tail = text[-_EMOJI_CHARS:]
    return any(found["match_end"] >= len(tail) - 1 for found in emoji.emoji_list(tail))


def _starts_with_emoji(text: str) -> bool:
    return any(found["match_start"] == 0 for found in emoji.emoji_list(text[:_EMOJI_CHARS]))


def _line_indent(text: str) -> bool:
    indents = [len(line) - len(line.lstrip(" ")) for line in _filled_lines(text)]
    return all(first < second for first, second in pairwise(indents))


def _quote_unquote(text: str) -> bool:
    compact = "".join(text.translate(_CURLY).replace("'\"'", "").split())
    around = string.digits + string.punctuation.replace('"', "")
    return '""' not in compact and not compact.strip(around).endswith('"')


def _list(text: str, *, sep: str) -> bool:
    return text.count(sep) >= 2


def _thesis(text: str) -> bool:
    found = _THESIS.search(text)
    return found is not None and bool(found[2].strip()) and bool(found[3].strip())


def _sub_bullets(text: str) -> bool:
    bullets = text.split("*")[1:]
    return bool(bullets) and all("-" in bullet for bullet in bullets)


def _sentences_then_bullets(text: str) -> bool:
    lines = [line.strip() for line in _filled_lines(text)]
    bullets = [line.startswith("*") for line in lines]
    opening = lines[: bullets.index(True)] if True in bullets else lines
    spoken = sum(len(sentences(line)) for line in opening)
    return spoken >= 2 and bullets.count(True) >= 2 and all(bullets[len(opening) :])


def _title_case(text: str) -> bool:
    words = [token for token in tokens(text) if token[0].isalpha()]
    return not any(
        word[0].islower() and (len(word) == 1 or word[1:].islower() or word[1:].isupper()) for word in words
    )


def _output_template(text: str) -> bool:
    return all(part in text for part in _TEMPLATE)


def _no_whitespace(text: str) -> bool:
    return not any(map(str.isspace, text))


CHECKERS: Final[dict[str, Callable[..., bool]]] = {
    "format:emoji": _emoji,
    "format:line_indent": _line_indent,
    "format:list": _list,
    "format:newline": _newline,
    "format:no_bullets_bullets": _sentences_then_bullets,
    "format:no_whitespace": _no_whitespace,
    "format:options": _options,
    "format:output_template": _output_template,
    "format:parentheses": _parentheses,
    "format:quote_unquote": _quote_unquote,
    "format:quotes": _quotes,
    "format:sub-bullets": _sub_bullets,
    "format:thesis": _thesis,
    "format:title_case": _title_case,
}
