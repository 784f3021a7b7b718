"""Where Reasoning Gym 0.1.25 scores wrongly, and what is scored instead.

Every deviation from the published scores is here:

- An answer equal to the entry's own, blanks around aside, scores 1.
- An answer that merely contains the right one scores 0. Published: `len(right) / len(answer)`, which
  a trainer learns to exploit.
- A score of 0.05 or less is 0: nine datasets give 0.01 and three give 0.05 to anything at all.
- `game_of_life_halting`: compared as true or false. Published: 1 for any text.
- `puzzle24`: must use the four given numbers, once each, and give 24. Published: any four numbers.
- `countdown`: computed exactly and here, not evaluated.
- `complex_arithmetic`: not-a-number scores 0. Published: 1.
- `coin_flip`: within 1e-4 or nothing. Published: 0.95 for "0", whatever the probability.
- The datasets whose scorers evaluate the answer see only what has the form of an answer.

Not covered: the other constant answers that do better than chance, and partial scores for near misses.
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

Scorer = Callable[[str, str, Mapping[str, Any]], float]
"""The published score of (dataset, answer, entry)."""

SCORE_OF_ANYTHING: Final = 0.05
_FUNCTIONS: Final = "sin|cos|tan|sec|csc|cot|asin|acos|atan|sinh|cosh|tanh|exp|log|ln|sqrt|Abs|erf|pi"
_LIST: Final = re.compile(r"[\[\],\s\w'\"-]*")
_ARITHMETIC: Final = re.compile(r"[-+*/()\s\d.]*")
_EXPRESSION: Final = re.compile(rf"(?:[-+*/^()\s\d.,]|(?<![A-Za-z_])(?:{_FUNCTIONS}|[A-Za-z])(?![A-Za-z_]))*")
EVALUATED_FORMS: Final[dict[str, re.Pattern[str]]] = {
    "binary_matrix": _LIST,
    "n_queens": _LIST,
    "spiral_matrix": _LIST,
    "string_insertion": _LIST,
    "countdown": _ARITHMETIC,
    "puzzle24": _ARITHMETIC,
    "polynomial_multiplication": _EXPRESSION,
    "simple_integration": _EXPRESSION,
    "intermediate_integration": _EXPRESSION,
}
"""Datasets whose scorers evaluate the answer as Python, and the form that an answer to each has."""
_FORMS: Final = EVALUATED_FORMS | {"complex_arithmetic": re.compile(r"[-+()\s\d.eij]*")}
_MAX_ARITHMETIC_CHARS: Final = 1_000


def corrected_score(dataset: str, answer: str, entry: Mapping[str, Any], published: Scorer) -> float:
    """The score in [0, 1] of a stripped, non-empty answer."""
    right = entry["answer"]
    if isinstance(right, str) and answer == right.strip():
        return 1.0
    form = _FORMS.get(dataset)
    if form is not None and not form.fullmatch(answer):
        return 0.0
    own = _OWN_SCORERS.get(dataset)
    if own is not None:
        return own(answer, entry)
    value = published(dataset, answer, entry)
    if value <= SCORE_OF_ANYTHING:
        return 0.0
    if isinstance(right, str) and value < 1 and math.isclose(value, _containment_score(answer, right)):
        return 0.0
    return value


def _containment_score(answer: str, right: str) -> float:
    return len(right) / len(answer) if right in answer else math.nan


def _halting(answer: str, entry: Mapping[str, Any]) -> float:
    return float(answer.strip(" .").casefold() == str(entry["answer"]).casefold())


def _coin_flip(answer: str, entry: Mapping[str, Any]) -> float:
    right = Fraction(entry["answer"].replace(",", ""))
    try:
        return float(abs(Fraction(answer.replace(",", "")) - right) <= Fraction(1, 10_000))
    except (ValueError, ZeroDivisionError):
        return 0.0


def _puzzle24(answer: str, entry: Mapping[str, Any]) -> float:
    return _reaches(Fraction(24), answer, entry)


def _countdown(answer: str, entry: Mapping[str, Any]) -> float:
    return _reaches(Fraction(entry["metadata"]["target"]), answer, entry)


def _reaches(target: Fraction, answer: str, entry: Mapping[str, Any]) -> float:
    """1 where the answer computes the target from all of the entry's numbers, once each."""
    if len(answer) > _MAX_ARITHMETIC_CHARS:
        return 0.0
    numbers: list[int] = []
    try:
        value = _arithmetic(ast.parse(answer, mode="eval").body, numbers)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        return 0.0
    return float(value == target and sorted(numbers) == sorted(entry["metadata"]["numbers"]))


_OPERATORS: Final[dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _arithmetic(node: ast.expr, numbers: list[int]) -> Fraction:
    """The exact value of a tree of whole numbers and the four operators; collects the numbers."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        numbers.append(node.value)
        return Fraction(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = _arithmetic(node.left, numbers), _arithmetic(node.right, numbers)
        return _OPERATORS[type(node.op)](left, right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_arithmetic(node.operand, numbers)
    raise ValueError("not arithmetic on whole numbers")


_OWN_SCORERS: Final[dict[str, Callable[[str, Mapping[str, Any]], float]]] = {
    "game_of_life_halting": _halting,
    "coin_flip": _coin_flip,
    "countdown": _countdown,
    "puzzle24": _puzzle24,
}
