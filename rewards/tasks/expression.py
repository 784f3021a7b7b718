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


_OF_EACH_KIND: Final = (
    (r"\frac{\sqrt{2}}{2}", "0.5x + 1"),
    (r"x^2 + y^2 = 1", r"\boxed{x^{2} - y^2 = 1}"),
    (r"(x + 2)^2 - 3y", "x^2 + 4x + 4 - 3y"),
    (r"(-\infty, 2] \cup [3, \infty)", r"x \le 2 \text{ or } x \ge 3"),
    (r"\{1, 2\}", "1, 2"),
    (r"(p, q) = (3, \frac{27}{8})", "$p = 3$ and $q = 3.375$"),
    (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}"),
    (r"\sum_{n=1}^{10} n^2", r"\int_0^1 x^2 \, dx"),
    (r"2\pi \sin(30^\circ) + \log_2 8 - e^{3} + 5!", r"\binom{5}{2} \cdot |-3| \times \lim_{x \to 0} x"),
    ("a_1 = 2, a_2 = 19", r"\boxed{2} \text{ and } \boxed{19}"),
)


def warm_up() -> None:
    """Read texts of each kind before any fork, so that no worker loads or learns the grammar again."""
    logging.disable(logging.CRITICAL)
    for gold, answer in _OF_EACH_KIND:
        check({"gold": gold, "answer": answer})
        second_opinion({"gold": gold, "answer": answer})


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
