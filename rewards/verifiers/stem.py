r"""STEM: a choice's letter, a number with a unit, or an expression.

Reference: `{"answer": TEXT, "choices": [TEXT, ...]?}`. Reward 1 or 0. Which kind it is follows from the
reference:

- with `choices`, or where the answer is one letter from A to J: a letter. The response may give the letter
  ("(B)", "B.", "\boxed{B}", "the answer is B") or the text of the choice;
- where reference and response are both a number with or without a unit: a quantity, converted to the
  reference's unit (Pint, in a killable worker), close enough by `rewards.quantities`. A unit missing on
  either side is forgiven, a wrong one is not;
- anything else: an expression, as `math` judges it.

Not covered: answers in words that mean the same as the reference, and lists of quantities.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from rewards.errors import BadReference, GradingError
from rewards.expressions import ExpressionJudge, reference_texts
from rewards.extraction import after_thinking, final_answer
from rewards.problem import Reference
from rewards.quantities import Quantity, close_enough, read_quantity
from rewards.verdict import Outcome, Verdict
from rewards.verifier import Tools
from rewards.workers.overrun import Overrun, overrun_verdict
from rewards.workers.pool import WorkerPool

LETTERS: Final = "ABCDEFGHIJ"
UNIT_SECONDS: Final = 2.0
_WRAPPED: Final = re.compile(r"\\(?:text|mathrm|textbf|mathbf)\s*\{([^{}]*)\}")
_LETTER: Final = re.compile(r"(?:option|choice)?\s*[(\[]?([A-Ja-j])(?:[)\].:,;*]|\s*$)", re.IGNORECASE)
_LETTER_THEN_WORDS: Final = re.compile(r"(?:option|choice)?\s*([B-HJ])\s")


class StemVerifier:
    """Judges short final answers of science problems."""

    name = "stem"
    version = "2"

    def __init__(self, tools: Tools) -> None:
        """Start nothing yet."""
        self._judge = ExpressionJudge(workers=tools.workers)
        self._units = WorkerPool(
            "rewards.tasks.units:convert", item_seconds=UNIT_SECONDS, workers=tools.workers
        )

    def verify(self, response: str, reference: Reference) -> Verdict:
        """Judge one response."""
        gold, choices = _read_reference(reference)
        answer = final_answer(after_thinking(response))
        if answer is None:
            return Verdict(status=Outcome.NO_ANSWER, reward=0.0)
        if choices or _is_letter(gold):
            return _judge_letter(answer, gold, choices)
        quantity, gold_quantity = read_quantity(answer), read_quantity(gold)
        if quantity is not None and gold_quantity is not None:
            return self._judge_quantity(answer, quantity, gold_quantity)
        (verdict,) = self._judge.judge_many([(answer, [gold])])
        if isinstance(verdict, GradingError):
            raise verdict
        return verdict

    def close(self) -> None:
        """End the workers."""
        self._judge.close()
        self._units.close()

    def _judge_quantity(self, answer: str, quantity: Quantity, gold: Quantity) -> Verdict:
        value: Fraction | None = quantity.value
        if quantity.unit == "%" and not gold.unit:
            value = quantity.value / 100
        elif quantity.unit and gold.unit and quantity.unit != gold.unit:
            item = {"value": float(quantity.value), "unit": quantity.unit, "to": gold.unit}
            (converted,) = self._units.run([item])
            if isinstance(converted, GradingError):
                raise converted
            if isinstance(converted, Overrun):
                return overrun_verdict(converted, extracted=answer)
            value = _as_fraction(converted["value"])
        detail = {"by": "quantity", "unit": quantity.unit, "reference_unit": gold.unit}
        return _binary(value is not None and close_enough(value, gold), answer, detail)


def _read_reference(reference: Reference) -> tuple[str, list[str]]:
    if "answers" in reference:
        raise BadReference("a 'stem' reference has one 'answer'")
    (gold,) = reference_texts(reference, verifier="stem")
    choices = reference.get("choices") or []
    if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        raise BadReference("'choices' is a list of texts")
    if len(choices) > len(LETTERS):
        raise BadReference(f"at most {len(LETTERS)} choices, not {len(choices)}")
    if choices and _letter_of(gold, choices) is None:
        raise BadReference(f"the answer {gold!r:.80} is neither a letter of the choices nor one of them")
    return gold.strip(), choices


def _judge_letter(answer: str, gold: str, choices: Sequence[str]) -> Verdict:
    given = _letter_of(answer, choices)
    detail = {"by": "letter", "letter": given}
    return _binary(given is not None and given == _letter_of(gold, choices), answer, detail)


def _letter_of(text: str, choices: Sequence[str]) -> str | None:
    """The letter that `text` gives, or that of the one choice whose words it repeats."""
    words = _plain(text)
    same = [place for place, choice in enumerate(choices) if _plain(choice) == words]
    if len(same) == 1:
        return LETTERS[same[0]]
    bare = _WRAPPED.sub(r"\1", text).strip().strip("$*_ ").strip()
    match = _LETTER.match(bare) or (_LETTER_THEN_WORDS.match(bare) if choices else None)
    if match is None:
        return None
    letter = match[1].upper()
    known = LETTERS[: len(choices)] if choices else LETTERS
    return letter if letter in known else None


def _is_letter(gold: str) -> bool:
    """Whether a reference without choices is a letter; `c` is a variable and `C. elegans` a worm."""
    return re.fullmatch(r"[$(\s]*[A-J][$).\s]*", _WRAPPED.sub(r"\1", gold)) is not None


def _plain(text: str) -> str:
    return " ".join(_WRAPPED.sub(r"\1", text).strip("$ .").casefold().split())


def _as_fraction(value: Any) -> Fraction | None:
    try:
        return Fraction(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _binary(right: bool, answer: str, detail: dict[str, Any]) -> Verdict:
    status = Outcome.CORRECT if right else Outcome.INCORRECT
    return Verdict(status=status, reward=float(right), extracted=answer, detail=detail)
