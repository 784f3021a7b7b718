r"""STEM: a choice, a number with a unit, a truth value, a list, words, or an expression.

References and how their kind is told: `rewards.science.reference`. Reward 1 or 0. What counts as the answer:
`rewards.extraction`, and `rewards.science.choices` for multiple choice. A unit right behind the last box
belongs to it.

Not covered: answers in words that mean the same as the reference.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from rewards.errors import GradingError
from rewards.expressions import ExpressionJudge
from rewards.extraction import after_thinking, final_answer
from rewards.problem import Reference
from rewards.science.choices import letters_of, same_words, stated_choice
from rewards.science.lists import items_of
from rewards.science.measures import Measured, Measures, TookTooLong, same_quantity
from rewards.science.quantities import aside
from rewards.science.reference import Gold, Kind, read_reference
from rewards.science.spelling import plain, same_spelling
from rewards.science.truth import truth_of
from rewards.verdict import Outcome, Verdict
from rewards.verifier import Tools
from rewards.workers.overrun import overrun_verdict

MAX_STATEMENT_CHARS: Final = 400
MAX_BEHIND_CHARS: Final = 80
_BEHIND: Final = re.compile(
    r"\s?\}(?:\\[)\]]|[ $])*(?P<unit>[^\n,;$]{1,60}?)[ $]*(?:\\[)\]])?\.?(?:[,;\n]|\. |\Z)"
)
_LETTERS_MULTIPLIED: Final = re.compile(r"[A-Za-z](?: [A-Za-z])+")


@dataclass(frozen=True, slots=True)
class _Open:
    """What only the judge of expressions can settle."""

    answer: str
    gold: str


class StemVerifier:
    """Judges short final answers of science problems."""

    name = "stem"
    version = "3"

    def __init__(self, tools: Tools) -> None:
        """Start nothing yet."""
        self._expressions = ExpressionJudge(workers=tools.workers)
        self._measures = Measures(workers=tools.workers)

    def verify(self, response: str, reference: Reference) -> Verdict:
        """Judge one response."""
        (outcome,) = self.verify_many([(response, reference)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def verify_many(self, items: Sequence[tuple[str, Reference]]) -> list[Verdict | Exception]:
        """Judge many, with all expressions in one batch."""
        outcomes: dict[int, Verdict | Exception] = {}
        pairs: dict[int, tuple[str, list[str]]] = {}
        for place, (response, reference) in enumerate(items):
            started = time.perf_counter()
            try:
                outcome = self._judged(response, read_reference(reference))
            except GradingError as error:
                outcomes[place] = error
                continue
            if isinstance(outcome, _Open):
                pairs[place] = (outcome.answer, [outcome.gold])
            else:
                outcomes[place] = replace(outcome, wall_ms=(time.perf_counter() - started) * 1000)
        if pairs:
            outcomes.update(zip(pairs, self._expressions.judge_many(list(pairs.values())), strict=True))
        return [outcomes[place] for place in range(len(items))]

    def close(self) -> None:
        """End the workers."""
        self._expressions.close()
        self._measures.close()

    def _judged(self, response: str, gold: Gold) -> Verdict | _Open:
        text = after_thinking(response)
        if gold.kind in {Kind.CHOICE, Kind.CHOICES}:
            return _judge_choice(text, gold)
        if gold.kind is Kind.TRUTH:
            return _judge_truth(text, gold)
        answer = final_answer(text)
        if answer is None:
            return Verdict(status=Outcome.NO_ANSWER, reward=0.0)
        try:
            outcome = self._judge_item(answer, gold, behind=_behind_box(text, answer))
        except TookTooLong as error:
            return overrun_verdict(error.overrun, extracted=answer)
        return outcome if isinstance(outcome, _Open) else replace(outcome, extracted=answer)

    def _judge_item(self, answer: str, gold: Gold, *, behind: str = "") -> Verdict | _Open:
        if gold.kind is Kind.LIST:
            return self._judge_list(answer, gold)
        if gold.kind is Kind.WORDS:
            same = same_words(answer, gold.text) or same_spelling(answer, gold.text)
            return _binary(same, {"by": "text"})
        if gold.kind is Kind.TRUTH:
            return _binary(truth_of(answer, numbers=True) is gold.truth, {"by": "truth"})
        wanted = None if gold.kind is Kind.EXPRESSION else self._wanted(gold)
        if wanted is None:
            alike = same_spelling(answer, gold.text)
            return _binary(True, {"by": "text"}) if alike else _Open(answer, gold.text)
        return self._judge_quantity(answer, wanted, gold, behind)

    def _judge_list(self, answer: str, gold: Gold) -> Verdict:
        items = items_of(answer) or [answer]
        if len(items) != len(gold.items):
            return _binary(False, {"by": "list", "items": len(items), "reference_items": len(gold.items)})
        wrong = []
        for place, (item, wanted) in enumerate(zip(items, gold.items, strict=True)):
            outcome = self._judge_item(item, wanted)
            if isinstance(outcome, _Open):
                (judged,) = self._expressions.judge_many([(outcome.answer, [outcome.gold])])
                if isinstance(judged, GradingError):
                    raise judged
                outcome = judged
            if outcome.status not in {Outcome.CORRECT, Outcome.INCORRECT}:
                return outcome
            wrong += [] if outcome.reward else [place]
        return _binary(not wrong, {"by": "list", "wrong_items": wrong})

    def _wanted(self, gold: Gold) -> Measured | None:
        """The quantity that a reference is; None where it is to be judged as an expression.

        Raises:
            GradingError: it takes too long to be worked out, or no worker can be had.
        """
        try:
            if gold.unit:
                wanted = self._measures.with_unit(gold.text, gold.unit)
            else:
                wanted = self._measures.measured(gold.text)
        except TookTooLong as error:
            raise GradingError(f"the reference {gold.text!r:.80} {error}") from error
        if wanted is None or (wanted.quantity.formula and not wanted.has_unit):
            return None
        if gold.kind is Kind.NUMBER:
            return replace(wanted, quantity=replace(wanted.quantity, whole=False))
        return wanted

    def _judge_quantity(self, answer: str, wanted: Measured, gold: Gold, behind: str) -> Verdict | _Open:
        main, second = aside(answer)
        given = self._measures.measured(main)
        if given is None:
            return _Open(answer, gold.text)
        if behind and wanted.has_unit and not given.has_unit:
            fuller = self._measures.measured(f"{main} {behind}")
            given = (
                fuller if fuller is not None and fuller.worths and fuller.quantity.words == behind else given
            )
        also = self._measures.measured(second) if second is not None else None
        same = all(
            same_quantity(each, wanted, gold.tolerance, unit_required=gold.unit_required)
            for each in (given, also)
            if each is not None
        )
        if not same and "\\" not in gold.text and _LETTERS_MULTIPLIED.fullmatch(wanted.quantity.words):
            return _Open(answer, gold.text)
        units = {"unit": given.quantity.words, "reference_unit": wanted.quantity.words}
        return _binary(same, {"by": "quantity", **units})


def _judge_choice(text: str, gold: Gold) -> Verdict:
    stated = stated_choice(text)
    if stated is None:
        return Verdict(status=Outcome.NO_ANSWER, reward=0.0)
    several = gold.kind is Kind.CHOICES
    named = letters_of(stated, gold.choices, known=gold.known_letters, glued=several)
    detail = {"by": "letter", "letters": sorted(named)}
    return replace(_binary(named == gold.letters, detail), extracted=stated)


def _judge_truth(text: str, gold: Gold) -> Verdict:
    """By the answer that is stated, else by the end of the response."""
    answer = final_answer(text) or text.rpartition("\n")[2][-MAX_STATEMENT_CHARS:].strip()
    if not answer:
        return Verdict(status=Outcome.NO_ANSWER, reward=0.0)
    truth = truth_of(answer, numbers=True)
    return replace(_binary(truth is gold.truth, {"by": "truth", "read": truth}), extracted=answer)


def _behind_box(text: str, answer: str) -> str:
    """The text right behind the last box, in plain spelling, where the answer stands in it."""
    at = text.rfind("boxed{")
    box = text[at : at + len(answer) + MAX_BEHIND_CHARS] if at >= 0 else ""
    _, found, behind = box.partition(answer)
    match = _BEHIND.match(behind) if found else None
    return plain(match["unit"]) if match is not None else ""


def _binary(right: bool, detail: dict[str, Any]) -> Verdict:
    status = Outcome.CORRECT if right else Outcome.INCORRECT
    return Verdict(status=status, reward=float(right), detail=detail)
