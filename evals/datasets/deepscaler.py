"""Maths: DeepScaleR-Preview, 40k competition problems with short final answers.

ProRL (arXiv 2505.24864, appendix E.1) trains on all of them, binary. Upstream, six rows have no
answer and some answers are wrong; what its own answer does not prove is quarantined.
"""

from collections.abc import Mapping
from typing import Any, Final

from evals.dataset import STEP_BY_STEP, Canary, Candidate, Card, Column, boxed
from evals.errors import EvalError
from rewards.problem import Domain

_JUNK: Final = {"no answer": "I do not know.", "another answer": boxed("\\text{nothing at all}")}


class DeepScaler:
    """`problem`, `answer` (LaTeX or plain) and `solution`."""

    card = Card(
        name="deepscaler",
        hub="agentica-org/DeepScaleR-Preview-Dataset",
        revision="b6ae8c60f5c1f2b594e2140b91c49c9ad0949e29",
        files=("deepscaler.json",),
        rows=40_315,
        columns={
            "problem": Column(kind="text"),
            "answer": Column(kind="text"),
            "solution": Column(kind="text", required=False),
        },
        licence="MIT",
        domain=Domain.MATH,
        verifier="math",
        reward="binary",
        template=STEP_BY_STEP,
        canary=Canary(response=boxed("\\frac{1}{2}"), reference={"answer": "0.5"}),
    )

    def candidate(self, row: Mapping[str, Any]) -> Candidate | None:
        """Every row is taken.

        Raises:
            EvalError: the row has no answer.
        """
        answer = row["answer"].strip()
        if not answer:
            raise EvalError("column 'answer' is empty")
        return Candidate(
            question=row["problem"].strip(),
            reference={"answer": answer},
            golds={"its own answer": boxed(answer)},
            junk=_JUNK,
        )
