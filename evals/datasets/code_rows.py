"""Code: rows of APPS, TACO, CodeContests, Codeforces, LiveCodeBench, HumanEval(+) or MBPP in a file of yours.

A row is recognised by its own fields (`rewards.programs.published`). Where it carries a solution in
Python, that must pass all tests; LiveCodeBench, CodeContests and Codeforces rows are proved by their
tests alone.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from evals.coding import problem_from_row
from evals.dataset import Canary, Candidate, Card
from rewards.problem import Domain

_JUNK: Final = {"no program": "I do not know.", "a program that does nothing": "```python\npass\n```"}


class CodeRows:
    """Rows of any of the sets named above; a file may mix them."""

    card = Card(
        name="code-rows",
        rows=0,
        columns={},
        licence="that of the rows",
        domain=Domain.CODE,
        verifier="code",
        reward="continuous",
        canary=Canary(
            response="```python\nprint(int(input()) + 1)\n```",
            reference={"tests": [{"stdin": "1\n", "stdout": "2\n"}]},
        ),
    )

    def candidate(self, row: Mapping[str, Any]) -> Candidate | None:
        """Every row is taken.

        Raises:
            EvalError: it is no such row, or no problem that can be judged here.
        """
        problem = problem_from_row(row)
        solution = _solution(row)
        return Candidate(
            question=problem.prompt,
            reference=problem.reference,
            level=problem.level,
            golds={"its own solution": f"```python\n{solution}\n```"} if solution else {},
            junk=_JUNK,
        )


def _solution(row: Mapping[str, Any]) -> str:
    """The row's own program in Python, where it has one."""
    if isinstance(row.get("canonical_solution"), str):  # HumanEval, which goes on with the prompt
        return str(row.get("prompt", "")) + str(row["canonical_solution"])
    if "test_list" in row and isinstance(row.get("code"), str):  # MBPP
        return str(row["code"])
    if "input_output" not in row:
        return ""
    solutions = row.get("solutions")  # APPS and TACO
    try:
        solutions = json.loads(solutions) if isinstance(solutions, str) and solutions else solutions
    except ValueError:
        return ""
    return str(solutions[0]) if isinstance(solutions, list) and solutions else ""
