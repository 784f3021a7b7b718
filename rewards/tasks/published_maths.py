r"""What math-verify and DeepScaleR say of a response, each by its own rule. The part that runs in a worker.

math-verify finds the answer itself, anywhere in the response. A reference, and a response that is nothing but
LaTeX without marks of mathematics, is put between dollars first: it reads no LaTeX outside of marks.
Its own timeouts are off; the pool that owns the worker keeps the time.

Only ever imported by a nursery: importing it costs most of a second, and calling it on what a model
wrote may hang.
"""

import logging
from typing import Any, Final

from math_verify import parse, verify

from rewards.deepscaler import is_right
from rewards.extraction import last_boxes

MATH_VERIFY: Final = "math-verify"
DEEPSCALER: Final = "deepscaler"
_MARKS: Final = ("$", r"\(", r"\[", r"\boxed")


def warm_up() -> None:
    """Parse once before any fork, so that no worker loads the grammar again."""
    logging.disable(logging.CRITICAL)
    check({"rule": MATH_VERIFY, "response": r"\boxed{0.5x + 1}", "golds": [r"\frac{x}{2} + 1"]})


def check(item: dict[str, Any]) -> dict[str, Any]:
    """Judge `{"rule", "response", "golds"}` by `rule`, where any gold will do.

    Answers `{"equal": bool, "extracted": TEXT or None}`, where None says that it found no answer, or
    `{"unreadable": GOLD}` where the rule has no reading of a reference.
    """
    judge = _by_math_verify if item["rule"] == MATH_VERIFY else _by_deepscaler
    return judge(item["response"], item["golds"])


def _by_math_verify(response: str, golds: list[str]) -> dict[str, Any]:
    bare = "\\" in response and not any(mark in response for mark in _MARKS)
    answer = parse(f"${response}$" if bare else response, parsing_timeout=None)
    wanted = [parse(_marked(gold), parsing_timeout=None) for gold in golds]
    if not all(wanted):
        return {"unreadable": golds[wanted.index([])]}
    equal = any(bool(verify(gold, answer, timeout_seconds=None)) for gold in wanted)
    return {"equal": equal, "extracted": str(answer[-1]) if answer else None}


def _marked(gold: str) -> str:
    return gold if any(mark in gold for mark in _MARKS) else f"${gold}$"


def _by_deepscaler(response: str, golds: list[str]) -> dict[str, Any]:
    answer = last_boxes(response)
    if answer is None:
        return {"equal": False, "extracted": None}
    equal = any(is_right(last_boxes(gold) or gold, answer) for gold in golds)
    return {"equal": equal, "extracted": answer}
