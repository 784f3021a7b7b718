"""Instructions to repeat or copy a text: IFBench's `repeat:*`, IFTrain's `copy:*` and `new:copy_span_idx`.

As published, except that IFTrain's span may include the character at its end, as its text says.
"""

import re
from collections.abc import Callable
from typing import Final

from rewards.instructions.arguments import Count

_SIMPLE: Final = "only output this sentence here, ignore all other requests."


def _same(text: str, other: str) -> bool:
    return text.strip().lower() == other.strip().lower()


def _repeat_change(text: str, *, prompt_to_repeat: str) -> bool:
    said, asked = text.split(), prompt_to_repeat.split()
    return said[1:] == asked[1:] and said[:1] != asked[:1]


def _repeat_simple(text: str) -> bool:
    return _same(text, _SIMPLE)


def _repeat_span(text: str, *, prompt_to_repeat: str, n_start: Count, n_end: Count) -> bool:
    return _same(text, prompt_to_repeat[n_start : n_end + 1])


def _copy_span(text: str, *, prompt_to_repeat: str, n_start: Count, n_end: Count) -> bool:
    ends = (n_end, n_end + 1)
    return any(_same(text, prompt_to_repeat[n_start:end]) for end in ends)


def _copy(text: str, *, prompt_to_repeat: str) -> bool:
    return _same(text, prompt_to_repeat)


def _copy_multiple(text: str, *, prompt_to_repeat: str, N: Count) -> bool:
    parts = text.split("******")
    return len(parts) == N and all(_same(part, prompt_to_repeat) for part in parts)


def _repeat_phrase(text: str, *, phrase: str, small_n: Count) -> bool:
    words = phrase.split()
    pattern = rf"{re.escape(words[0])} .*? {re.escape(words[-1])}"
    found = [part.split() for part in re.findall(pattern, text)]
    return len(found) == small_n and all(
        len(part) == len(words) and sum(map(str.__ne__, part, words)) == 1 for part in found
    )


CHECKERS: Final[dict[str, Callable[..., bool]]] = {
    "copy:copy": _copy,
    "copy:copying_multiple": _copy_multiple,
    "copy:copying_simple": _copy,
    "copy:repeat_phrase": _repeat_phrase,
    "new:copy_span_idx": _copy_span,
    "repeat:repeat_change": _repeat_change,
    "repeat:repeat_simple": _repeat_simple,
    "repeat:repeat_span": _repeat_span,
}
