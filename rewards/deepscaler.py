r"""DeepScaleR's rule for maths (its `mathd` and `sympy` graders), without evaluating anything.

The last `\boxed` after `</think>` is the answer; a response without one earns nothing. It is right where
it is the reference's text once both are normalised, or where its parts equal the reference's one by one:
texts alone where the reference is an integer or a fraction (which must be reduced), else by
`rewards.mathematics`, which stands in for the published grader's `parse_expr` and `simplify`.
Source: the published reward of DeepScaleR-1.5B-Preview.

Not covered: the published rule's optional judge by a language model.
"""

import re
from typing import Final

from rewards.mathematics.engine import equal

MAX_CHARS: Final = 1_000
MAX_UNKNOWN_LETTERS: Final = 2
_NOT_COMPUTED: Final = ("^{", "^(")
_REMOVED: Final = re.compile(r"\\!|\\left|\\right|\^\{?\\circ\}?|\\\$|\\%|%|\\ |\s")
_UNIT: Final = re.compile(r"\\text\{ .*", re.DOTALL)
_WRAPPED: Final = re.compile(r"\\(?:text|mathrm|mathbf|mbox)\{([^{}]*)\}")
_SHORT_SQRT: Final = re.compile(r"\\sqrt(\w)")
_SHORT_FRAC: Final = re.compile(r"\\frac(\w|\{[^{}]*\})(\w|\{[^{}]*\})")
_SLASHED: Final = re.compile(r"(-?\d+)/(\d+)")
_ASSIGNED: Final = re.compile(r"\w{1,2}=(.+)")
_NUMBER: Final = re.compile(r"-?\d+")
_FRACTION: Final = re.compile(r"-?\\frac\{\d+\}\{\d+\}")


def is_right(gold: str, answer: str) -> bool:
    """Whether DeepScaleR's rule takes `answer` for `gold`."""
    wanted, given = normalised(gold), normalised(answer)
    if wanted == given:
        return True
    if not given or len(given) > MAX_CHARS:
        return False
    wanted_parts, given_parts = _parts(wanted), _parts(given)
    if len(wanted_parts) != len(given_parts) or (
        len(wanted_parts) > 1 and (wanted[0], wanted[-1]) != (given[0], given[-1])
    ):
        return False
    return all(_same_part(*pair) for pair in zip(wanted_parts, given_parts, strict=True))


def normalised(text: str) -> str:
    """The text as the published grader compares it."""
    clean = _UNIT.sub("", text.strip().strip("$"))
    clean = _WRAPPED.sub(r"\1", clean.replace("\\tfrac", "\\frac").replace("\\dfrac", "\\frac"))
    clean = _REMOVED.sub("", clean).rstrip(".")
    assigned = _ASSIGNED.fullmatch(clean)
    clean = assigned[1] if assigned is not None else clean
    clean = _SHORT_FRAC.sub(_filled, _SHORT_SQRT.sub(r"\\sqrt{\1}", clean))
    clean = "0" + clean if clean.startswith(".") else clean
    clean = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", clean)
    slashed = _SLASHED.fullmatch(clean)
    return (
        r"\frac{1}{2}" if clean == "0.5" else rf"\frac{{{slashed[1]}}}{{{slashed[2]}}}" if slashed else clean
    )


def _filled(match: re.Match[str]) -> str:
    above, below = (part.strip("{}") for part in match.groups())
    return rf"\frac{{{above}}}{{{below}}}"


def _parts(text: str) -> list[str]:
    """The parts of a tuple or interval; anything else is one part."""
    bracketed = len(text) > 2 and text[0] in "([" and text[-1] in ")]"
    inner = text[1:-1]
    return inner.split(",") if bracketed and not any(mark in inner for mark in "()[]") else [text]


def _same_part(gold: str, answer: str) -> bool:
    if gold == answer:
        return True
    if _FRACTION.fullmatch(gold) and _FRACTION.fullmatch(answer):
        return False
    if _NUMBER.fullmatch(gold) and not _NUMBER.fullmatch(answer) and "." not in answer:
        return False
    if any(mark in answer for mark in _NOT_COMPUTED):
        return False
    letters = set(re.sub(r"\\[A-Za-z]+", "", answer)) & set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    )
    return len(letters) <= MAX_UNKNOWN_LETTERS and equal(gold, answer) is True
