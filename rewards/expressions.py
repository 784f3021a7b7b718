r"""Whether an answer equals a reference in the mathematical sense; what `math` and `stem` share.

Stages, cheapest first: equal texts after tidying; exact integers and fractions; pairs judged lately; then, in
a killable worker (`rewards.tasks.expression`), our own engine, and math-verify where that one cannot read a
text. The first two cost microseconds and settle most rows.

One in `SECOND_OPINIONS` pairs that our own engine settles, chosen by its content, is put to math-verify too.
The verdict stands, and its `detail` tells what both said, so that a disagreement can be looked at.

A longer, deeper or more digit-ridden text than the bounds below is compared as text alone.

Not covered: references that no engine can read, which are a fault of ours.
"""

import hashlib
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from cachetools import LRUCache

from rewards.errors import BadReference, GradingError
from rewards.notation import MAX_DIGITS, exact_number, tidy
from rewards.problem import Reference
from rewards.verdict import Outcome, Verdict
from rewards.workers.overrun import Overrun, overrun_verdict
from rewards.workers.pool import WorkerPool

ITEM_SECONDS: Final = 1.5
SECOND_OPINIONS: Final = 32
REMEMBERED_PAIRS: Final = 20_000
OWN: Final = "own"
MATH_VERIFY: Final = "math-verify"
MAX_CHARS: Final = 2_000
MAX_NESTING: Final = 40
MAX_REFERENCE_CHARS: Final = 20_000

_WRAPPED: Final = re.compile(r"\\(?:text|mathrm|textbf|mathbf|mbox|textit|textrm)\s*\{([^{}]*)\}")

_BLANK: Final = re.compile(r"(?<!\d) +| +(?!\d)")
"""Not one between digits, where it may part two numbers."""


class ExpressionJudge:
    """Judges answers against reference texts; owns the workers that do."""

    def __init__(self, *, workers: int) -> None:
        """Start nothing yet; see `WorkerPool`."""
        self._pool = WorkerPool("rewards.tasks.expression:check", item_seconds=ITEM_SECONDS, workers=workers)
        self._lately: LRUCache[tuple[str, str], Verdict] = LRUCache(REMEMBERED_PAIRS)
        self._lock = threading.Lock()

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
                verdict = _settle_cheaply(*pair) or self._remembered(pair)
                if verdict is None:
                    open_pairs.append(pair)
                settled[pair] = verdict or GradingError("was not judged")
        items = [_item(*pair) for pair in open_pairs]
        for pair, reply in zip(open_pairs, self._pool.run_timed(items), strict=True):
            settled[pair] = reply.timed(_read_result(reply.answer, pair[1]))
        self._ask_again([pair for pair in open_pairs if _is_sampled(*pair)], settled)
        self._remember({pair: settled[pair] for pair in open_pairs})
        return [
            _best([settled[tidy(answer), tidy(gold)] for gold in golds], answer) for answer, golds in pairs
        ]

    def close(self) -> None:
        """End the workers. Safe to call twice."""
        self._pool.close()

    def _remembered(self, pair: tuple[str, str]) -> Verdict | None:
        with self._lock:
            return self._lately.get(pair)

    def _remember(self, settled: Mapping[tuple[str, str], Verdict | GradingError]) -> None:
        """Keep what an engine said. A failure, or a time that ran out, may not happen again."""
        judged = {pair: word for pair, word in settled.items() if isinstance(word, Verdict)}
        with self._lock:
            self._lately.update(
                {
                    pair: replace(word, wall_ms=0.0, queue_ms=0.0)
                    for pair, word in judged.items()
                    if isinstance(word.detail, dict)
                }
            )

    def _ask_again(
        self, pairs: Sequence[tuple[str, str]], settled: dict[tuple[str, str], Verdict | GradingError]
    ) -> None:
        """Note beside our own engine's word what math-verify says. It changes no verdict, however it ends."""
        pairs = [pair for pair in pairs if _is_by(settled[pair], OWN)]
        items = [_item(*pair) | {"engine": MATH_VERIFY} for pair in pairs]
        for pair, result in zip(pairs, self._pool.run(items), strict=True):
            verdict = settled[pair]
            if isinstance(verdict, Verdict) and isinstance(verdict.detail, dict) and isinstance(result, dict):
                engines = {OWN: verdict.reward == 1.0, MATH_VERIFY: result["equal"]}
                settled[pair] = replace(
                    verdict, detail=verdict.detail | {"gold": pair[1], "engines": engines}
                )


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
    one, other = (_BLANK.sub("", _WRAPPED.sub(r"\1", text)) for text in (answer, gold))
    word = one.isalpha() and (len(one) > 2 or one.casefold() == "no")
    return one == other or (word and one.casefold() == other.casefold())


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


def _item(answer: str, gold: str) -> dict[str, str]:
    return {"answer": answer, "gold": gold}


def _is_sampled(answer: str, gold: str) -> bool:
    digest = hashlib.sha256(f"{answer}\0{gold}".encode("utf-8", "replace")).digest()
    return digest[0] % SECOND_OPINIONS == 0


def _is_by(verdict: Verdict | GradingError, engine: str) -> bool:
    return (
        isinstance(verdict, Verdict) and isinstance(verdict.detail, dict) and verdict.detail["by"] == engine
    )


def _read_result(result: Any, gold: str) -> Verdict | GradingError:
    if isinstance(result, GradingError):
        return result
    if isinstance(result, Overrun):
        return overrun_verdict(result)
    if "unreadable" in result:
        return GradingError(f"no engine can read the reference {gold!r:.200}")
    return _correct(result["by"]) if result["equal"] else _incorrect(result["by"])


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
