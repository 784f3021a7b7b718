"""Maths by the rules that others publish: math-verify's, DeepScaleR's, and ProRL's, which takes either's yes.

For comparing with runs that were rewarded by them; `math` is right more often. References as for `math`.
Each rule finds the answer in its own way: `rewards.tasks.published_maths`.

Not covered: a refusal of responses without `</think>`, which DeepScaleR's first release had.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from rewards.errors import BadReference, GradingError
from rewards.expressions import reference_texts
from rewards.extraction import MAX_RESPONSE_CHARS, after_thinking
from rewards.problem import Reference
from rewards.verdict import Outcome, Verdict
from rewards.verifier import Tools
from rewards.workers.overrun import Overrun, overrun_verdict
from rewards.workers.pool import Reply, WorkerPool

ITEM_SECONDS: Final = 1.5
_MATH_VERIFY: Final = "math-verify"
_DEEPSCALER: Final = "deepscaler"


class PublishedMathVerifier:
    """Judges by one or several published rules; correct where any of them says so."""

    name: str
    version = "1"
    rules: ClassVar[tuple[str, ...]]

    def __init__(self, tools: Tools) -> None:
        """Start nothing yet."""
        self._pool = WorkerPool(
            "rewards.tasks.published_maths:check", item_seconds=ITEM_SECONDS, workers=tools.workers
        )

    def verify(self, response: str, reference: Reference) -> Verdict:
        """Judge one response."""
        (outcome,) = self.verify_many([(response, reference)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def verify_many(self, items: Sequence[tuple[str, Reference]]) -> list[Verdict | Exception]:
        """Judge many; each rule's word on each response is an item of its own for the workers."""
        outcomes: dict[int, Verdict | Exception] = {}
        asked: dict[tuple[int, str], dict[str, Any]] = {}
        first_golds: dict[int, str] = {}
        for place, (response, reference) in enumerate(items):
            try:
                golds = reference_texts(reference, verifier=self.name)
            except BadReference as error:
                outcomes[place] = error
                continue
            first_golds[place] = golds[0]
            text = after_thinking(response)[-MAX_RESPONSE_CHARS:]
            asked |= {(place, rule): {"rule": rule, "response": text, "golds": golds} for rule in self.rules}
        replies = dict(zip(asked, self._pool.run_timed(list(asked.values())), strict=True))
        for place, gold in first_golds.items():
            outcomes[place] = _outcome({rule: replies[place, rule] for rule in self.rules}, gold)
        return [outcomes[place] for place in range(len(items))]

    def close(self) -> None:
        """End the workers."""
        self._pool.close()


class MathVerifyVerifier(PublishedMathVerifier):
    """Judges as math-verify does."""

    name = "math:math-verify"
    rules = (_MATH_VERIFY,)


class DeepScalerVerifier(PublishedMathVerifier):
    """Judges as DeepScaleR's reward does."""

    name = "math:deepscaler"
    rules = (_DEEPSCALER,)


class ProRLMathVerifier(PublishedMathVerifier):
    """Judges as ProRL does: correct where DeepScaleR's rule or math-verify says so."""

    name = "math:prorl"
    rules = (_DEEPSCALER, _MATH_VERIFY)


def _outcome(words: Mapping[str, Reply], gold: str) -> Verdict | Exception:
    """Correct by any rule is correct; else a failure of ours, then an overrun of the answer's, then a no."""
    said: dict[str, dict[str, Any]] = {}
    overruns: list[Overrun] = []
    failures: list[Exception] = []
    for rule, reply in words.items():
        word = reply.answer
        if isinstance(word, Overrun):
            overruns.append(word)
        elif isinstance(word, Exception):
            failures.append(word)
        elif "unreadable" in word:
            failures.append(GradingError(f"{rule} cannot read the reference {word['unreadable']!r:.200}"))
        else:
            said[rule] = word
    extracted = next((word["extracted"] for word in said.values() if word["extracted"] is not None), None)
    accepting = [rule for rule, word in said.items() if word["equal"]]
    detail: dict[str, Any] = {"by": accepting[0] if accepting else next(iter(words))}
    if len(words) > 1:
        detail |= {
            "gold": gold,
            "engines": {rule: said[rule]["equal"] if rule in said else None for rule in words},
        }
    if accepting:
        status = Outcome.CORRECT
    elif failures:
        return failures[0]
    elif overruns:
        return overrun_verdict(overruns[0], extracted=extracted)
    else:
        status = Outcome.NO_ANSWER if extracted is None else Outcome.INCORRECT
    wall_ms = sum(reply.wall_ms for reply in words.values())
    return Verdict(
        status=status, reward=float(bool(accepting)), extracted=extracted, detail=detail, wall_ms=wall_ms
    )
