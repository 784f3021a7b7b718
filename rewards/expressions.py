r"""Whether an answer equals a reference in the mathematical sense; what `math` and `stem` share.

Stages, cheapest first: equal texts after tidying; exact integers and fractions; then math-verify in a
killable worker (`rewards.tasks.expression`). The first two cost microseconds and settle most rows.

A longer, deeper or more digit-ridden text than the bounds below is compared as text alone.

Not covered: an engine of our own to confirm math-verify's word.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from rewards.errors import BadReference, GradingError
from rewards.problem import Reference
from rewards.verdict import Outcome, Verdict
from rewards.workers.overrun import Overrun, overrun_verdict
from rewards.workers.pool import WorkerPool

ITEM_SECONDS: Final = 2.0
MAX_CHARS: Final = 2_000
MAX_DIGITS: Final = 300
"""In one number. Python itself refuses to read more than 4300."""
MAX_NESTING: Final = 40
MAX_REFERENCE_CHARS: Final = 20_000

_SPACING: Final = re.compile(r"(?<!\\)\\(?:[;: ]|quad\b|qquad\b)|~")
_DROPPED: Final = re.compile(r"(?<!\\)\\!\s*|\\(?:left|right)\b(?!arrow)|\\\$|^\\displaystyle\b")
_FRACTION_COMMANDS: Final = re.compile(r"\\[dtc]frac(?![A-Za-z])")
_WRAPPED: Final = re.compile(r"\\(?:text|mathrm|textbf|mathbf|mbox|textit|textrm)\s*\{([^{}]*)\}")
_FENCES: Final = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"))
_PLAIN_ROOT: Final = re.compile(r"\\?\bsqrt\(([^()]*)\)")
_PLAIN_POWER: Final = re.compile(r"\^\(([^()]*)\)")

_INTEGER: Final = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+"
_NUMBER: Final = re.compile(rf"(?P<sign>[+-]?)\s*(?P<whole>{_INTEGER})?(?P<point>\.\d*)?")
_RATIO: Final = re.compile(r"(?P<sign>[+-]?)\s*(?:\\frac\{(\d+)\}\{(\d+)\}|\\frac(\d)(\d)|(\d+)\s*/\s*(\d+))")


class ExpressionJudge:
    """Judges answers against reference texts; owns the workers that do."""

    def __init__(self, *, workers: int) -> None:
        """Start nothing yet; see `WorkerPool`."""
        self._pool = WorkerPool("rewards.tasks.expression:check", item_seconds=ITEM_SECONDS, workers=workers)

    def judge_many(self, pairs: Sequence[tuple[str, Sequence[str]]]) -> list[Verdict | GradingError]:
        """One verdict for each (answer, golds); an answer is correct where it equals any gold.

        Equal pairs are judged once.
        """
        settled: dict[tuple[str, str], Verdict | GradingError] = {}
        open_pairs: list[tuple[str, str]] = []
        for answer, golds in pairs:
            for gold in golds:
                pair = (tidy(answer), tidy(gold))
                if pair in settled:
                    continue
                verdict = _settle_cheaply(*pair)
                if verdict is None:
                    open_pairs.append(pair)
                settled[pair] = verdict or GradingError("was not judged")
        items = [
            {"answer": plain_to_latex(answer), "gold": plain_to_latex(gold)} for answer, gold in open_pairs
        ]
        for pair, result in zip(open_pairs, self._pool.run(items), strict=True):
            settled[pair] = _read_result(result)
        return [
            _best([settled[tidy(answer), tidy(gold)] for gold in golds], answer) for answer, golds in pairs
        ]

    def close(self) -> None:
        """End the workers. Safe to call twice."""
        self._pool.close()


def reference_texts(reference: Reference, *, verifier: str) -> list[str]:
    """The texts of `{"answer": TEXT}` or `{"answers": [TEXT, ...]}`.

    Raises:
        BadReference: neither, both, or an empty or overlong text.
    """
    if ("answer" in reference) == ("answers" in reference):
        raise BadReference(
            f"a {verifier!r} reference has one of 'answer' and 'answers'; given: {sorted(reference)}"
        )
    texts = [reference["answer"]] if "answer" in reference else reference["answers"]
    if not isinstance(texts, list) or not texts:
        raise BadReference(f"'answers' is a list of texts with at least one in it, not {texts!r:.80}")
    for text in texts:
        if not isinstance(text, str) or not text.strip():
            raise BadReference(f"a reference answer is a text with something in it, not {text!r:.80}")
        if len(text) > MAX_REFERENCE_CHARS:
            raise BadReference(f"a reference answer has at most {MAX_REFERENCE_CHARS} characters")
    return texts


def tidy(text: str) -> str:
    """Without what changes how a formula looks and not what it says."""
    tidied = text.strip()
    for opening, closing in _FENCES:
        inner = tidied[len(opening) : -len(closing)]
        if tidied.startswith(opening) and tidied.endswith(closing) and opening[-1] not in inner and inner:
            tidied = inner.strip()
    tidied = _FRACTION_COMMANDS.sub(r"\\frac", _DROPPED.sub("", tidied))
    tidied = re.sub(r"\\,(?=\d{3}(?!\d))", " ", tidied).replace(r"\,", " ")
    tidied = _SPACING.sub(" ", tidied).replace("−", "-").replace("–", "-")
    return " ".join(tidied.split()).rstrip(".").rstrip()


def plain_to_latex(text: str) -> str:
    """Powers and roots as calculators write them, turned into LaTeX."""
    if "(" not in text and "**" not in text:
        return text
    latex = _PLAIN_ROOT.sub(r"\\sqrt{\1}", text.replace("**", "^"))
    return _PLAIN_POWER.sub(r"^{\1}", latex)


def exact_number(text: str) -> Fraction | None:
    """The integer, decimal or fraction that `text` is as a whole, exactly; None for all else."""
    if len(text) > MAX_DIGITS:
        return None
    ratio = _RATIO.fullmatch(text)
    if ratio is not None:
        above, below = (int(part) for part in ratio.groups()[1:] if part is not None)
        value = Fraction(above, below) if below else None
    else:
        number = _NUMBER.fullmatch(text)
        ratio = number
        if number is None or not (number["whole"] or (number["point"] or "").strip(".")):
            return None
        whole = re.sub("[ ,]", "", number["whole"] or "0")
        value = Fraction(whole + (number["point"] or "").rstrip("."))
    return value if value is None or ratio is None or ratio["sign"] != "-" else -value


def _settle_cheaply(answer: str, gold: str) -> Verdict | None:
    if _same_text(answer, gold):
        return _correct("text")
    number, gold_number = exact_number(answer), exact_number(gold)
    if number is not None and gold_number is not None:
        if number == gold_number:
            return _correct("number")
        if "." not in answer and "." not in gold:
            return _incorrect("number")
    if not answer or not _within_bounds(answer) or not _within_bounds(gold):
        return _incorrect("text")
    return None


def _same_text(answer: str, gold: str) -> bool:
    one, other = (_WRAPPED.sub(r"\1", text).replace(" ", "") for text in (answer, gold))
    return one == other or (len(one) > 1 and one.isalpha() and one.casefold() == other.casefold())


def _within_bounds(text: str) -> bool:
    if len(text) > MAX_CHARS or re.search(rf"\d{{{MAX_DIGITS}}}", text):
        return False
    depth = deepest = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    return deepest <= MAX_NESTING


def _correct(by: str) -> Verdict:
    return Verdict(status=Outcome.CORRECT, reward=1.0, detail={"by": by})


def _incorrect(by: str) -> Verdict:
    return Verdict(status=Outcome.INCORRECT, reward=0.0, detail={"by": by})


def _read_result(result: Any) -> Verdict | GradingError:
    if isinstance(result, GradingError):
        return result
    if isinstance(result, Overrun):
        return overrun_verdict(result)
    return _correct("math-verify") if result["equal"] else _incorrect("math-verify")


def _best(outcomes: Sequence[Verdict | GradingError], answer: str) -> Verdict | GradingError:
    """Correct by any gold is correct; else our own failure counts before the answer's."""
    verdicts = [outcome for outcome in outcomes if isinstance(outcome, Verdict)]
    for verdict in verdicts:
        if verdict.status is Outcome.CORRECT:
            return replace(verdict, extracted=answer)
    for outcome in outcomes:
        if isinstance(outcome, GradingError):
            return outcome
    ranked = sorted(verdicts, key=lambda verdict: verdict.status is Outcome.INCORRECT)
    return replace(ranked[0], extracted=answer)
