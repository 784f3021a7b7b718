r"""Are two mathematical texts equal? The part that runs in a worker: two engines, and which of them counts.

`rewards.mathematics` is asked first, and where it knows its word counts. math-verify is asked where it does
not, and to hold it to account: the word of both is told where `second` asks for it.

Only ever imported by a nursery: importing it costs most of a second, and calling it on what a model
wrote may hang. math-verify's own timeouts are off, since its signal handlers see only some hangs;
the pool that owns the worker keeps the time.

The guards close what is known of math-verify 0.9: it drops `\ldots`, so that two sequences agree by
their first terms; it compares numbers to a fixed number of decimals, so that tiny or huge ones agree;
it reads "or" in any text as a list.
"""

import logging
import re
from functools import lru_cache
from typing import Any, Final

from math_verify import parse, verify
from sympy import Basic, Float, N, Number

from rewards.mathematics import engine as own_engine
from rewards.notation import plain_to_latex

OWN: Final = "own"
MATH_VERIFY: Final = "math-verify"
_ELLIPSIS: Final = re.compile(r"\\[lcv]?dots|\.\.\.|…")
_QUOTED: Final = re.compile(r"'[^']*\w[^']*'|\"")
_MATH_MARKS: Final = ("$", r"\(", r"\[", r"\boxed")
_MEMBER: Final = re.compile(r"^\s*[A-Za-z]\s*\\in\b")
_RELATIVE_TOLERANCE: Final = 1e-9


def warm_up() -> None:
    """Parse once before any fork, so that no worker loads the grammar again."""
    logging.disable(logging.CRITICAL)
    check({"gold": r"\frac{\sqrt{2}}{2}", "answer": "0.5x + 1"})
    second_opinion({"gold": r"\frac{\sqrt{2}}{2}", "answer": "0.5x + 1"})


def check(item: dict[str, Any]) -> dict[str, Any]:
    """Compare `{"gold", "answer"}`.

    Answers `{"equal": bool, "by": ENGINE}`, or `{"unreadable": True}` where no engine can read the reference.
    With `"engine": "math-verify"` that alone is asked.
    """
    if item.get("engine") == MATH_VERIFY:
        return second_opinion(item)
    equal = own_engine.equal(item["gold"], item["answer"])
    if equal is not None:
        return {"equal": equal, "by": OWN}
    if not own_engine.is_readable(item["gold"]) and not _has_value(item["gold"]):
        return {"unreadable": True}
    return second_opinion(item)


def second_opinion(item: dict[str, Any]) -> dict[str, Any]:
    """What math-verify says, behind its guards."""
    gold_text, answer_text = plain_to_latex(item["gold"]), plain_to_latex(item["answer"])
    if _ELLIPSIS.search(gold_text + answer_text) or _QUOTED.search(answer_text):
        return {"equal": False, "by": MATH_VERIFY}
    gold_is_member = _MEMBER.match(gold_text) is not None
    gold, answer = _parsed(_MEMBER.sub("", gold_text)), _parsed(_MEMBER.sub("", answer_text))
    equal = bool(verify(gold, answer, timeout_seconds=None, allow_set_relation_comp=gold_is_member))
    if equal and "%" not in gold_text + answer_text:
        equal = not _numbers_apart(gold, answer)
    return {"equal": equal, "by": MATH_VERIFY}


def _has_value(text: str) -> bool:
    """Whether math-verify reads more in a text than the text itself."""
    return any(not isinstance(reading, str) for reading in _parsed(plain_to_latex(text)))


@lru_cache(maxsize=1024)
def _parsed(text: str) -> list[Any]:
    marked = text if any(mark in text for mark in _MATH_MARKS) else f"${text}$"
    readings: list[Any] = parse(marked, parsing_timeout=None)
    return readings


def _numbers_apart(gold: list[Any], answer: list[Any]) -> bool:
    """Whether both are exact numbers that differ, however close they are in absolute terms."""
    if not gold or not answer:
        return False
    one, other = gold[0], answer[0]
    if not (isinstance(one, Basic) and isinstance(other, Basic)):
        return False
    if not (one.is_number and other.is_number) or one.has(Float) or other.has(Float):
        return False
    one, other = one.doit(), other.doit()
    if isinstance(one, Number) and isinstance(other, Number):
        return bool(one != other)
    first, second = N(one, 30), N(other, 30)
    return bool(abs(first - second) > _RELATIVE_TOLERANCE * max(abs(first), abs(second)))
