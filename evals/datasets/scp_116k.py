r"""STEM: SCP-116K, problems of university courses with solutions that were cut out of books.

ProRL (arXiv 2505.24864, appendix E.3) keeps 25k of 274k pairs, binary: those with an answer in the
source on which R1 agrees, as GPT-4o judges. Here the `stem` verifier is the judge: a row is taken
where its solution ends in a short answer (in `\boxed{}`, or the whole of one short line), and
quarantined where a model's answer that the row carries does not earn 1 against it.

The columns of both releases are known: `extract_solution` with `r1_response` in the present one
(274k rows; read off copies and what others wrote of it), `matched_solution` with `o1_solution` and
`qwq_solution` in the first (116k rows; its card).

Not covered: solutions in prose, which no rule can judge. No revision is pinned: the commit of the
present release was not to be had when this was written.
"""

from collections.abc import Mapping
from typing import Any, Final

from evals.dataset import STEP_BY_STEP, Canary, Candidate, Card, Column, boxed
from evals.errors import EvalError
from rewards.extraction import last_boxes
from rewards.problem import Domain

MAX_ANSWER_CHARS: Final = 120
"""A longer solution is prose."""
_SOLUTIONS: Final = ("extract_solution", "matched_solution")
_JUNK: Final = {"no answer": "I do not know.", "another answer": boxed("nothing at all")}


class Scp116k:
    """`domain`, `problem`, a solution and, in the present release, `r1_response`."""

    card = Card(
        name="scp-116k",
        hub="EricLu/SCP-116K",
        files=("SCP_116K_in_open_source_format.jsonl",),
        rows=274_000,
        columns={
            "domain": Column(kind="text"),
            "problem": Column(kind="text"),
            "extract_solution": Column(kind="text", required=False),
            "r1_response": Column(kind="text", required=False),
            "r1_reasoning_content": Column(kind="text", required=False),
            "matched_solution": Column(kind="text", required=False),
            "o1_solution": Column(kind="text", required=False),
            "is_o1_solution_same_with_matched_solution": Column(kind="boolean", required=False),
            "qwq_solution": Column(kind="text", required=False),
            "is_qwq_solution_same_with_matched_solution": Column(kind="boolean", required=False),
        },
        licence="CC-BY-NC-SA-4.0",
        domain=Domain.STEM,
        verifier="stem",
        reward="binary",
        template=STEP_BY_STEP,
        canary=Canary(response=boxed("4.2 J"), reference={"answer": "4.2 J"}),
    )

    def candidate(self, row: Mapping[str, Any]) -> Candidate | None:
        """Every row with a short answer is taken.

        Raises:
            EvalError: there is no solution, or no short answer in it.
        """
        solution = next((row[name] for name in _SOLUTIONS if row.get(name)), "").strip()
        if not solution:
            raise EvalError(f"there is no solution in {' or '.join(map(repr, _SOLUTIONS))}")
        answer = (last_boxes(solution) or solution).strip()
        if len(answer) > MAX_ANSWER_CHARS or "\n" in answer:
            raise EvalError("the solution has no short final answer")
        golds = {"its own answer": boxed(answer)}
        if row.get("r1_response"):
            golds["R1's answer"] = row["r1_response"]
        return Candidate(
            question=row["problem"].strip(),
            reference={"answer": answer},
            level=row["domain"],
            golds=golds,
            junk=_JUNK,
        )
