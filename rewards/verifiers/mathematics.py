"""Maths: does the response's final answer equal the reference?

Reference: `{"answer": TEXT}`, or `{"answers": [TEXT, ...]}` where any one will do; LaTeX or plain.
Reward 1 or 0. What counts as the answer: `rewards.extraction`. What counts as equal: `rewards.expressions`.

Not covered: whether the reasoning holds, and units, which are read as text (see `stem`).
"""

from collections.abc import Sequence

from rewards.errors import BadReference
from rewards.expressions import ExpressionJudge, reference_texts
from rewards.extraction import after_thinking, final_answer, last_boxes
from rewards.problem import Reference
from rewards.verdict import Outcome, Verdict
from rewards.verifier import Tools


class MathVerifier:
    """Judges final answers by mathematical equality."""

    name = "math"
    version = "2"

    def __init__(self, tools: Tools) -> None:
        """Start nothing yet."""
        self._judge = ExpressionJudge(workers=tools.workers)

    def verify(self, response: str, reference: Reference) -> Verdict:
        """Judge one response."""
        (outcome,) = self.verify_many([(response, reference)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def verify_many(self, items: Sequence[tuple[str, Reference]]) -> list[Verdict | Exception]:
        """Judge many, with all that need a worker in one batch."""
        outcomes: dict[int, Verdict | Exception] = {}
        pairs: dict[int, tuple[str, list[str]]] = {}
        for place, (response, reference) in enumerate(items):
            try:
                golds = [last_boxes(text) or text for text in reference_texts(reference, verifier=self.name)]
            except BadReference as error:
                outcomes[place] = error
                continue
            answer = final_answer(after_thinking(response))
            if answer is None:
                outcomes[place] = Verdict(status=Outcome.NO_ANSWER, reward=0.0)
            else:
                pairs[place] = (answer, golds)
        outcomes.update(zip(pairs, self._judge.judge_many(list(pairs.values())), strict=True))
        return [outcomes[place] for place in range(len(items))]

    def close(self) -> None:
        """End the workers."""
        self._judge.close()
