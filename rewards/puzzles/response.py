r"""What in a response is the answer to a puzzle, and how an answer may be dressed.

In this order, on the text after `</think>`:

1. the content of the last `<answer>...</answer>`; without such, what follows an `<answer>` is all there is;
2. all of it, where it is the entry's own answer;
3. the last `\boxed{...}`;
4. what the last "Answer: X", "The answer is X", `#### X` or heading "Answer" states, to the first empty line;
5. all of it.

An answer may be bold, quoted, fenced, set as mathematics or followed by a full stop (`readings`).

Not covered: answers in the middle of prose, which are as good as guesses.
"""

import re
from collections.abc import Iterator
from typing import Final

from rewards.extraction import after_thinking, last_boxes

MAX_STATEMENT_CHARS: Final = 20_000
"""Only so much of a response's end is searched for a box or a statement."""

_STATED: Final = re.compile(
    r"(?:\b(?:answer|solution|result)\b[\s*_]*(?:\bis\b|\bare\b|[:=])[:*_]*\s*|^####\s*"
    r"|^[#*_ ]*(?:final )?answer[:*_ ]*\n)",
    re.IGNORECASE | re.MULTILINE,
)
_DRESSES: Final = (
    re.compile(r"```[\w-]*\n(?P<inner>.*?)\n?```", re.DOTALL),
    re.compile(r"(?P<mark>\*\*|\*|__|`|\$\$|\$|\"|')(?P<inner>.+)(?P=mark)", re.DOTALL),
    re.compile(r"(?:\u201c|\u2018)(?P<inner>.+)(?:\u201d|\u2019)", re.DOTALL),
    re.compile(r"\\[(](?P<inner>.+)\\[)]|\\\[(?P<other>.+)\\\]", re.DOTALL),
    re.compile(r"\\(?:text|mathrm|mathbf|boxed)\{(?P<inner>.+)\}", re.DOTALL),
)
_MINERVA: Final = "I hope it is correct."
_MAX_DRESSES: Final = 4


def tagged_answer(response: str) -> str | None:
    """The content of the last closed answer tags after the thinking, stripped; None without such."""
    before, closing, _ = after_thinking(response).rpartition("</answer>")
    _, opening, tagged = before.rpartition("<answer>")
    return tagged.strip() if opening and closing else None


def final_answer(response: str, right: str | None) -> str:
    """The answer that a response gives, stripped; `right` is the entry's own where it has one."""
    tagged = tagged_answer(response)
    if tagged is not None:
        return tagged
    text = after_thinking(response).rpartition("<answer>")[2].strip()
    if right is not None and rows_of(text) == rows_of(right):
        return text
    tail = text[-MAX_STATEMENT_CHARS:]
    boxed = last_boxes(tail)
    if boxed is not None:
        return boxed.strip()
    statements = list(_STATED.finditer(tail))
    if statements:
        stated = tail[statements[-1].end() :].strip().partition("\n\n")[0]
        return stated.removesuffix(_MINERVA).strip() or text
    return text


def readings(answer: str) -> Iterator[str]:
    """The answer as it stands, then without each layer of what it is dressed in."""
    yield answer
    for _ in range(_MAX_DRESSES):
        bare = _undressed(answer)
        if bare == answer:
            return
        answer = bare
        yield answer


def rows_of(text: str) -> tuple[str, ...]:
    """The lines that hold anything, blanks run together: what two texts must share to be the same."""
    return tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())


def _undressed(answer: str) -> str:
    for dress in _DRESSES:
        worn = dress.fullmatch(answer)
        if worn is not None:
            return (worn["inner"] or worn["other"]).strip()
    return answer.removesuffix(".").rstrip()
